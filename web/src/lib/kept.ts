import { useCallback, useState } from "react";

/** What is chosen for the look of this device, whoever looks. */
const looks = ["theme", "density", "language", "nav"];

let aside: Map<string, string> | undefined;

/**
 * From now on what this browser keeps for the person who is signed in is left alone: nothing of it is
 * seen, and what is kept goes with the page.
 */
export function setKeptAside(): void {
  aside ??= new Map(
    looks.flatMap((name) => {
      const text = readKept(name);
      return text === null ? [] : [[name, text] as const];
    }),
  );
}

/** Whether what this browser keeps is left alone. */
export function isKeptAside(): boolean {
  return aside !== undefined;
}

/** Reads what this browser keeps under a name; nothing when there is none or it is not allowed. */
export function readKept(name: string): string | null {
  if (aside) return aside.get(name) ?? null;
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keeps a text in this browser; null forgets it. */
export function keep(name: string, text: string | null): void {
  if (aside) {
    if (text === null) aside.delete(name);
    else aside.set(name, text);
    return;
  }
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
    return (aside ? [...aside.keys()] : Object.keys(localStorage)).filter((name) =>
      name.startsWith(prefix),
    );
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
