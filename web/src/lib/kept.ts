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

/** The names that begin so and have something kept under them. */
export function keptNames(prefix: string): readonly string[] {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}

/** Forgets everything kept under names that begin so. */
export function forget(prefix: string): void {
  for (const name of keptNames(prefix)) keep(name, null);
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
