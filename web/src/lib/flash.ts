const lasts = 1_600;

/**
 * Lights what is drawn of some records once, softly; tells whether there is any. Who wants no motion
 * sees none.
 */
export function flash(names: Iterable<string>): boolean {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let found = false;
  for (const name of names) {
    for (const one of document.querySelectorAll(`[data-record="${CSS.escape(name)}"]`)) {
      found = true;
      if (still) continue;
      const lit = { backgroundColor: "var(--bg-selected)" };
      one.animate([lit, { backgroundColor: "transparent" }], { duration: lasts });
    }
  }
  return found;
}
