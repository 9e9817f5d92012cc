import { queryOptions } from "@tanstack/react-query";
import { request, requestData } from "./client";
import { keys } from "./keys";
import type { Included } from "./types";

/** How many records of an object a person has. */
export interface Owned {
  readonly object: string;
  readonly count: number;
  /** The records say what somebody did, not what he is to do. */
  readonly log: boolean;
}

/** That the records of one person are given to another. */
export interface Handover {
  readonly id: string;
  readonly person: string;
  readonly to: string;
  readonly by: string;
  readonly objects: readonly string[];
  readonly disable: boolean;
  readonly state: "working" | "done" | "undoing" | "undone" | "failed";
  readonly total: number;
  readonly given: number;
  /** Those that could not be given, or be taken back. */
  readonly kept: number;
  readonly undone: number;
  readonly created_at: string;
  readonly ended_at: string | null;
}

const lookAgain = 1000;

/** The last handovers, the newest first; while one is under way, how far it is. */
export const handoversQuery = queryOptions({
  queryKey: keys.handovers,
  queryFn: ({ signal }) =>
    request<{ data: readonly Handover[]; included: Included }>("GET", "/handovers", { signal }),
  refetchInterval: ({ state }) =>
    state.data?.data.some((one) => one.ended_at === null) ? lookAgain : false,
});

/** What a person has, by object. */
export function ownedQuery(person: string) {
  return queryOptions({
    queryKey: keys.owned(person),
    queryFn: ({ signal }) =>
      requestData<readonly Owned[]>("GET", `/people/${person}/records`, { signal }),
  });
}

interface Ask {
  readonly to: string;
  readonly objects: readonly string[];
  readonly disable: boolean;
}

/** Begins to give the records of a person to another. */
export function startHandover(person: string, body: Ask): Promise<Handover> {
  return requestData<Handover>("POST", `/people/${person}/handovers`, { body });
}

/** Begins to take back what a handover gave. */
export function undoHandover(id: string): Promise<Handover> {
  return requestData<Handover>("POST", `/handovers/${id}/undo`);
}
