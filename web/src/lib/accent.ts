/** Colours that follow from one that an organisation has chosen, so that text on them is always read. */

type Rgb = readonly [number, number, number];

/** What a text and its ground must differ by, as WCAG 2.2 has it. */
export const readable = 4.5;

const black: Rgb = [0, 0, 0];
const white: Rgb = [255, 255, 255];

/** How much two colours differ, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(rgbOf(one)), luminance(rgbOf(other))].toSorted((a, b) => b - a);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

/** Whether a text is a colour as the settings take it: six hexadecimal digits behind a hash. */
export function isColour(text: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(text);
}

/** A colour moved towards black or white, as little as it takes to be read on all grounds. */
export function readableOn(
  colour: string,
  grounds: readonly string[],
  towards: "black" | "white",
): string {
  const end = towards === "black" ? black : white;
  for (let share = 0; share < 1; share += 0.02) {
    const tried = hexOf(mixed(rgbOf(colour), end, share));
    if (grounds.every((ground) => contrast(tried, ground) >= readable)) return tried;
  }
  return hexOf(end);
}

/** A colour with a share of another in it. */
export function blend(colour: string, other: string, share: number): string {
  return hexOf(mixed(rgbOf(colour), rgbOf(other), share));
}

function mixed(colour: Rgb, other: Rgb, share: number): Rgb {
  const part = (at: 0 | 1 | 2) => Math.round(colour[at] + (other[at] - colour[at]) * share);
  return [part(0), part(1), part(2)];
}

function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function hexOf(colour: Rgb): string {
  return `#${colour.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}
