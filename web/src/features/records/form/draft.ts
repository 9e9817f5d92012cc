import type { Values } from "@/api/types";
import { keep, keptNames, readKept } from "@/lib/kept";
import { sameValue } from "@/lib/same-value";
import { tab } from "@/lib/tab";

/** What was typed and not yet saved, kept in this browser. */
export interface Draft {
  /** What it is kept under. */
  readonly name: string;
  readonly at: string;
  readonly values: Values;
}

/** Where the drafts of a form are kept: each tab of the browser has one of its own there. */
export function draftPlace(person: string, object: string, record: string): string {
  return `draft:${person}:${object}:${record}:`;
}

/** What the draft of this tab is kept under. */
export function ownName(place: string): string {
  return place + tab;
}

/** The drafts of a place, the newest first. */
export function readDrafts(place: string): readonly Draft[] {
  return keptNames(place)
    .flatMap((name) => parsed(name) ?? [])
    .sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** The draft of this tab. */
export function readOwnDraft(place: string): Draft | null {
  return parsed(ownName(place));
}

/** Keeps what was typed in this tab; nothing typed keeps nothing. */
export function writeDraft(place: string, values: Values, at: Date): void {
  const typed = Object.keys(values).length > 0;
  keep(ownName(place), typed ? JSON.stringify({ at: at.toISOString(), values }) : null);
}

/** Forgets the draft of this tab. */
export function dropDraft(place: string): void {
  keep(ownName(place), null);
}

function parsed(name: string): Draft | null {
  try {
    const draft: unknown = JSON.parse(readKept(name) ?? "null");
    return isDraft(draft) ? { ...draft, name } : null;
  } catch {
    return null;
  }
}

function isDraft(value: unknown): value is Omit<Draft, "name"> {
  return typeof value === "object" && value !== null && "at" in value && "values" in value;
}

/** The values that differ from those there were. */
export function changedValues(before: Values, after: Values): Values {
  return Object.fromEntries(
    Object.entries(after).filter(([name, value]) => !sameValue(before[name], value)),
  );
}
