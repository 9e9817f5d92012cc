import { queryOptions } from "@tanstack/react-query";
import { request, requestData } from "./client";
import { keys } from "./keys";
import type { ApiKey, NewApiKey } from "./types";

/** The caller's API keys. */
export const apiKeysQuery = queryOptions({
  queryKey: keys.apiKeys,
  queryFn: ({ signal }) => requestData<readonly ApiKey[]>("GET", "/tokens", { signal }),
});

/** Makes a key that lives so many days. */
export function createApiKey(name: string, days: number): Promise<NewApiKey> {
  return requestData<NewApiKey>("POST", "/tokens", {
    body: { name, expires_in_days: days },
  });
}

/** Revokes a key at once. */
export function revokeApiKey(id: string): Promise<void> {
  return request<void>("DELETE", `/tokens/${id}`);
}
