/** Puts a text into the clipboard, also where the page did not come over an encrypted connection. */
export function copyText(text: string): void {
  const place = document.createElement("textarea");
  place.value = text;
  place.setAttribute("aria-hidden", "true");
  place.className = "unseen";
  const before = document.activeElement;
  document.body.append(place);
  place.select();
  document.execCommand("copy");
  place.remove();
  if (before instanceof HTMLElement) before.focus();
}
