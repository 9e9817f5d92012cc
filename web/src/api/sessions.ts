import { queryOptions } from "@tanstack/react-query";
import { request, requestData } from "./client";
import { keys } from "./keys";

/** A place where the caller is signed in. */
export interface Session {
  readonly id: string;
  readonly created_at: string;
  readonly seen_at: string;
  readonly address: string;
  readonly agent: string;
  readonly current: boolean;
}

/** Where the caller is signed in, the last used first. */
export const sessionsQuery = queryOptions({
  queryKey: keys.sessions,
  queryFn: ({ signal }) => requestData<readonly Session[]>("GET", "/sessions", { signal }),
});

/** Ends one of the caller's sessions. */
export function endSession(id: string): Promise<void> {
  return request<void>("DELETE", `/sessions/${id}`);
}

/** Ends all of the caller's sessions but this one. */
export function endOtherSessions(): Promise<void> {
  return request<void>("DELETE", "/sessions");
}
