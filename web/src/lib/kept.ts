import { useCallback, useState } from "react";

/** Reads what this browser keeps under a name; nothing when there is none or it is not allowed. */
export function readKept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keeps a text in this browser; null forgets it. */
export function keep(name: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(name);
    else localStorage.setItem(name, text);
  } catch {
    // A browser that keeps nothing is still a browser.
  }
}

/** Forgets everything kept under names that begin so. */
export function forget(prefix: string): void {
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(prefix)) localStorage.removeItem(name);
    }
  } catch {
    // As above.
  }
}

/** One choice out of a few, kept in this browser. */
export function useKept<T extends string>(name: string, choices: readonly T[], standard: T) {
  const [value, setValue] = useState(
    () => choices.find((choice) => choice === readKept(name)) ?? standard,
  );
  const choose = useCallback(
    (next: T) => {
      keep(name, next);
      setValue(next);
    },
    [name],
  );
  return [value, choose] as const;
}
