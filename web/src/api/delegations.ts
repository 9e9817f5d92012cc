import { queryOptions } from "@tanstack/react-query";
import { request } from "./client";
import { keys } from "./keys";
import type { Included } from "./types";

/** That a person stands in for another, from an instant and before another. */
export interface Delegation {
  readonly id: string;
  /** Who is away. */
  readonly person: string;
  /** Who stands in. */
  readonly to: string;
  /** Who said so. */
  readonly by: string;
  readonly from: string;
  readonly until: string;
}

/** Delegations, with the names of the people in them. */
export interface Delegations {
  readonly data: readonly Delegation[];
  readonly included: Included;
}

/** The delegations of a person that have not ended, and those by which the person stands in. */
export function delegationsQuery(person: string) {
  return queryOptions({
    queryKey: keys.delegations(person),
    queryFn: ({ signal }) =>
      request<Delegations>("GET", "/delegations", { query: { person }, signal }),
  });
}

/** Everybody who is away now. */
export const currentDelegationsQuery = queryOptions({
  queryKey: keys.delegations("current"),
  queryFn: ({ signal }) =>
    request<Delegations>("GET", "/delegations", { query: { current: "true" }, signal }),
  staleTime: 300_000,
});

interface Ask {
  readonly person: string;
  readonly to: string;
  /** Now when it is left out. */
  readonly from?: string;
  readonly until: string;
}

/** Lets somebody stand in. */
export function beginDelegation(body: Ask): Promise<unknown> {
  return request("POST", "/delegations", { body });
}

/** Lets nobody stand in any more. */
export function endDelegation(id: string): Promise<unknown> {
  return request("DELETE", `/delegations/${id}`);
}
