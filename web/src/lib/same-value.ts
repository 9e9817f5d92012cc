/** Whether two values are the same; a set is so in any order, and nothing is null. */
export function sameValue(a: unknown, b: unknown): boolean {
  const plain = (value: unknown) =>
    Array.isArray(value) ? JSON.stringify([...value].sort()) : JSON.stringify(value ?? null);
  return plain(a) === plain(b);
}
