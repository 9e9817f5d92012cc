import { queryOptions } from "@tanstack/react-query";
import { idempotencyKey, request, requestData } from "./client";
import type { ObjectDefinition } from "./definitions";
import { keys } from "./keys";
import type { BatchOutcome } from "./records";
import type { RecordAnswer } from "./types";

/** A pool that one belongs to: what waits there, and how much one took and holds. */
export interface Pool {
  readonly id: string;
  readonly name: string;
  readonly waiting: number;
  readonly claimed_today: number;
  readonly daily_quota: number | null;
  readonly holding: number;
  readonly holding_cap: number | null;
  readonly cooldown_days: number | null;
  readonly can_claim: boolean;
  readonly can_assign: boolean;
}

/** What is done with records of pools. */
export type PoolAction = "claim" | "release" | "assign";

/** What goes with it: whom to give a record to, or where it returns to and why. */
export interface PoolAsk {
  readonly user?: string;
  readonly pool?: string;
  readonly reason?: string;
}

/** The pools of an object that one belongs to. */
export function poolsQuery(object: string) {
  return queryOptions({
    queryKey: keys.pools(object),
    queryFn: ({ signal }) => requestData<Pool[]>("GET", "/pools", { query: { object }, signal }),
  });
}

/** Takes a record, gives it back, or gives it to somebody. */
export function actOnRecord(action: PoolAction, object: string, id: string, ask: PoolAsk = {}) {
  const path = `/records/${encodeURI(object)}/${encodeURI(id)}/actions/${action}`;
  return request<RecordAnswer>("POST", path, {
    ...(action === "claim" ? {} : { body: ask }),
    headers: { "Idempotency-Key": idempotencyKey() },
  });
}

/** The same with many records, those with which it can be done. */
export function actOnRecords(
  action: PoolAction,
  object: string,
  ids: readonly string[],
  ask: PoolAsk = {},
) {
  return requestData<BatchOutcome[]>("POST", `/records/${encodeURI(object)}/_${action}`, {
    body: { ids, ...ask },
    headers: { "Idempotency-Key": idempotencyKey() },
  });
}

/** How many records one request may be about. */
export const mostAtOnce = 200;

const unowned = "owner == null";

/** The filter of what waits in a pool, or in any. */
export function waitingFilter(object: ObjectDefinition, pool?: string): string {
  const field = object.behaviours?.pool?.field ?? "";
  return `${unowned} && ${field} ${pool ? `== "${pool}"` : "!= null"}`;
}

/** Whether a filter is about what waits in pools. */
export function isWaiting(object: ObjectDefinition, where: string): boolean {
  const field = object.behaviours?.pool?.field;
  return field !== undefined && where.includes(unowned) && where.includes(`${field} `);
}
