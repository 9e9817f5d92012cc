/** Whether this is a Mac, whose shortcuts are held with ⌘. */
const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);

/** What is held together with another key, as this keyboard has it. */
export const held = mac ? "⌘" : "Ctrl";

/** Keys that are pressed together, as this keyboard has them. */
export function together(...keys: readonly string[]): string {
  return [held, ...keys].join(mac ? " " : "+");
}
