import type { Values } from "@/api/types";
import { keep, readKept } from "@/lib/kept";
import { sameValue } from "@/lib/same-value";

/** What was typed and not yet saved, kept in this browser. */
export interface Draft {
  readonly at: string;
  readonly values: Values;
}

/** The name under which a form's draft is kept. */
export function draftName(person: string, object: string, record: string): string {
  return `draft:${person}:${object}:${record}`;
}

/** The draft under a name. */
export function readDraft(name: string): Draft | null {
  try {
    const draft: unknown = JSON.parse(readKept(name) ?? "null");
    return isDraft(draft) ? draft : null;
  } catch {
    return null;
  }
}

/** Keeps what was typed; nothing typed keeps nothing. */
export function writeDraft(name: string, values: Values, at: Date): void {
  const typed = Object.keys(values).length > 0;
  keep(name, typed ? JSON.stringify({ at: at.toISOString(), values }) : null);
}

/** Forgets a draft. */
export function dropDraft(name: string): void {
  keep(name, null);
}

function isDraft(value: unknown): value is Draft {
  return typeof value === "object" && value !== null && "at" in value && "values" in value;
}

/** The values that differ from those there were. */
export function changedValues(before: Values, after: Values): Values {
  return Object.fromEntries(
    Object.entries(after).filter(([name, value]) => !sameValue(before[name], value)),
  );
}
