import { queryOptions } from "@tanstack/react-query";
import { request, requestData } from "./client";
import { keys } from "./keys";

/** How a person signs in. */
export interface SignsIn {
  readonly id: string;
  /** Whether he signs in here with one. */
  readonly password: boolean;
  readonly second_factor: boolean;
  /** Whether he has an app that shows codes. */
  readonly app: boolean;
  readonly passkeys: number;
  readonly sessions: number;
  readonly keys: number;
  readonly seen_at: string | null;
}

/** How some people sign in, by their ids. */
export function signsInQuery(ids: readonly string[]) {
  return queryOptions({
    queryKey: keys.signsIn(ids),
    queryFn: async ({ signal }) => {
      const query = { ids: ids.join(",") };
      const told = await requestData<readonly SignsIn[]>("GET", "/people", { query, signal });
      return new Map(told.map((one) => [one.id, one]));
    },
    enabled: ids.length > 0,
  });
}

/** Ends all sessions of a person. */
export function endSessionsOf(id: string): Promise<void> {
  return request<void>("DELETE", `/people/${id}/sessions`);
}

/** Revokes all API keys of a person. */
export function revokeKeysOf(id: string): Promise<void> {
  return request<void>("DELETE", `/people/${id}/tokens`);
}

/** Takes somebody's second factor away, who has lost it; his sessions end. */
export function resetFactor(id: string): Promise<void> {
  return request<void>("DELETE", `/people/${id}/totp`);
}
