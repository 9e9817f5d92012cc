const name = "tab";

/** What this tab of the browser is called; a reload keeps it. */
export const tab = own();

function own(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  const fresh = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    const known = sessionStorage.getItem(name) ?? fresh;
    sessionStorage.setItem(name, known);
    return known;
  } catch {
    return fresh;
  }
}
