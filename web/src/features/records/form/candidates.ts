import { Fault } from "@/api/fault";

/** A record that what was typed may be a duplicate of. */
export interface Candidate {
  readonly object: string;
  readonly id: string;
  readonly display: string;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The records that a refused write may be a duplicate of, when it only has to be confirmed. */
export function candidatesOf(error: unknown): readonly Candidate[] | null {
  if (!(error instanceof Fault) || error.code !== "possible_duplicate") return null;
  return error.items.map(({ params }) => ({
    object: text(params?.object),
    id: text(params?.id),
    display: text(params?.display),
  }));
}
