import { queryOptions } from "@tanstack/react-query";
import { request, requestData } from "./client";
import { keys } from "./keys";
import type { ApiKey, HeldApiKey, Included, KeyLimit, NewApiKey } from "./types";

/** The caller's API keys. */
export const apiKeysQuery = queryOptions({
  queryKey: keys.apiKeys,
  queryFn: ({ signal }) => requestData<readonly ApiKey[]>("GET", "/tokens", { signal }),
});

/** Makes a key that lives so many days and may what one may oneself, or what a limit leaves. */
export function createApiKey(
  name: string,
  days: number,
  limit: KeyLimit | null,
): Promise<NewApiKey> {
  return requestData<NewApiKey>("POST", "/tokens", {
    body: { name, expires_in_days: days, ...limit },
  });
}

/** A part of the keys of everybody, the newest first. */
export interface HeldApiKeys {
  readonly data: readonly HeldApiKey[];
  readonly page: { readonly next: string | null };
  readonly included: Included;
}

/** The keys of everybody, from a cursor on. */
export function heldApiKeys(cursor: string | undefined, signal: AbortSignal): Promise<HeldApiKeys> {
  const query = cursor === undefined ? {} : { cursor };
  return request<HeldApiKeys>("GET", "/people/tokens", { query, signal });
}

/** Revokes a key of somebody at once. */
export function revokeHeldApiKey(id: string): Promise<void> {
  return request<void>("DELETE", `/people/tokens/${id}`);
}

/** Revokes a key at once. */
export function revokeApiKey(id: string): Promise<void> {
  return request<void>("DELETE", `/tokens/${id}`);
}
