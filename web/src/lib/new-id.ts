/**
 * A new random id (a UUID of version 4). The browser's own function for it is missing where the page
 * came over plain http from another machine, as in most offices that host this themselves.
 */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const [seventh = 0, ninth = 0] = [bytes[6], bytes[8]];
  bytes[6] = (seventh & 0x0f) | 0x40;
  bytes[8] = (ninth & 0x3f) | 0x80;
  const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
