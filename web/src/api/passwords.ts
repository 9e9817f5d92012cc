import { queryOptions } from "@tanstack/react-query";
import { request, requestData } from "./client";
import { keys } from "./keys";

/** Whose password a link sets. */
export interface Forgetful {
  readonly email: string;
  readonly name: string;
  readonly organisation: string;
}

/** Makes a link by which somebody sets a new password; it is told this once and ends an earlier one. */
export async function linkPassword(person: string): Promise<string> {
  const made = await requestData<{ link: string }>("POST", `/people/${person}/password_link`, {
    body: {},
  });
  // Without an address of its own, the server is where this page came from.
  return new URL(made.link, location.origin).href;
}

/** Whose password a link sets; without one that is good, the fault link_over. */
export function forgetfulQuery(token: string) {
  return queryOptions({
    queryKey: keys.forgetful(token),
    queryFn: ({ signal }) =>
      requestData<Forgetful>("POST", "/auth/reset", { body: { token }, stranger: true, signal }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY, // once it is used, it opens nothing
  });
}

/** Sets the new password; all sessions end. */
export function setForgotten(token: string, password: string): Promise<void> {
  const body = { token, password };
  return request<void>("POST", "/auth/reset/password", { body, stranger: true });
}
