import { queryOptions } from "@tanstack/react-query";
import { requestData } from "./client";
import { keys } from "./keys";

/** The actions that an explanation judges. */
export const judged = ["read", "update", "delete"] as const;

/** A share of a record as an explanation tells of it. */
export interface ToldShare {
  readonly id: string;
  readonly access: "read" | "update";
  readonly until: string | null;
}

interface Part {
  readonly role: string;
  readonly title: string;
  /** The person's roles that bring it. */
  readonly via: readonly string[] | null;
  /** Which of the role's list it is; -1 of an administrator. */
  readonly index: number;
  /** The expression, for administrators. */
  readonly where?: string;
  /** Whether it covers the record; null where the asker may not know. */
  readonly holds: boolean | null;
}

/** A grant, and whether it covers the record. */
export interface ToldGrant extends Part {
  readonly scope:
    | "all"
    | "department"
    | "department_tree"
    | "own"
    | "pool"
    | "shared"
    | "subordinates"
    | "team"
    | "where";
  readonly scoped: boolean | null;
  readonly shares: readonly ToldShare[];
  readonly state?: string;
  readonly fits: boolean | null;
}

/** A restriction, and whether it shuts the record. */
export type ToldShut = Part;

/** The least that would permit what is not permitted. */
export interface Remedy {
  readonly share: boolean;
  readonly grant?: Readonly<Record<string, unknown>>;
}

/** Whether somebody may do something with a record, and what led to that. */
export interface Verdict {
  readonly action: (typeof judged)[number];
  readonly allowed: boolean;
  readonly needs?: string;
  readonly fields: readonly {
    readonly field: string;
    readonly allowed: boolean;
    /** What is not allowed is shown in part. */
    readonly masked?: boolean;
    readonly remedy?: Remedy;
  }[];
  readonly grants: readonly ToldGrant[];
  readonly restrictions: readonly ToldShut[];
  readonly remedy?: Remedy;
  readonly predicate?: { readonly sql: string; readonly args: readonly unknown[] };
}

/** What somebody may do with a record. */
export interface Access {
  readonly user: string;
  readonly active: boolean;
  readonly actions: readonly Verdict[];
}

/** What a person may do with a record, and why. */
export function accessQuery(object: string, id: string, user: string) {
  return queryOptions({
    queryKey: keys.access(object, id, user),
    queryFn: ({ signal }) =>
      requestData<Access>("GET", `/records/${object}/${id}/access`, { query: { user }, signal }),
  });
}
