import { hues } from "@/styles/tokens";

/** The hues that stand in for pictures. */
const names = Object.keys(hues);

/** What stands for a name where there is no picture: two Chinese characters, or two first letters. */
export function initials(name: string): string {
  const han = name.match(/\p{Script=Han}/gu);
  if (han) return han.slice(0, 2).join("");
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words
    .slice(0, 2)
    .map((word) => Array.from(word)[0] ?? "")
    .join("")
    .toUpperCase();
}

/** Always the same hue for the same record. */
export function hueOf(id: string): string {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return names[sum % names.length] ?? "slate";
}
