import { type SetStateAction, useState } from "react";
import { useMe } from "@/api/session";
import { keep, readKept } from "@/lib/kept";

/** What is typed under a name, kept over reloads until it is done with. */
export function useKeptDraft<T extends object>(name: string, empty: T) {
  const key = `draft:${useMe().id}:${name}`;
  const [draft, setDraft] = useState<T>(() => ({ ...empty, ...parsed(readKept(key)) }));
  const change = (action: SetStateAction<T>) =>
    setDraft((before) => {
      const next = typeof action === "function" ? action(before) : action;
      keep(key, JSON.stringify(next));
      return next;
    });
  const done = () => {
    keep(key, null);
    setDraft(empty);
  };
  return [draft, change, done] as const;
}

function parsed(text: string | null): object {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
