import { queryOptions } from "@tanstack/react-query";
import { request, requestData } from "./client";
import { keys } from "./keys";
import type { ApiKey, KeyLimit, NewApiKey } from "./types";

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

/** Revokes a key at once. */
export function revokeApiKey(id: string): Promise<void> {
  return request<void>("DELETE", `/tokens/${id}`);
}
