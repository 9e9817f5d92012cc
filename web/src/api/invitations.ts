import { queryOptions } from "@tanstack/react-query";
import { request, requestData } from "./client";
import { keepFor } from "./kept-answers";
import { keys } from "./keys";
import type { Included, Me, Value } from "./types";

/** Somebody who is invited, and who he will be. */
export interface Invitation {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly string[] | null;
  readonly by: string;
  readonly created_at: string;
  readonly expires_at: string;
}

/** What an invited person is told before he accepts. */
export interface Welcome {
  readonly email: string;
  readonly name: string;
  readonly organisation: string;
}

interface Sent extends Invitation {
  readonly link: string;
}

/** Who is invited, the newest first. */
export const invitationsQuery = queryOptions({
  queryKey: keys.invitations,
  queryFn: ({ signal }) =>
    request<{ data: readonly Invitation[]; included: Included }>("GET", "/invitations", { signal }),
});

/** The whole address: without one of its own, the server is where this page came from. */
const linkOf = (sent: Sent) => new URL(sent.link, location.origin).href;

/** Invites somebody and gives his link, which is told this once. */
export async function invite(values: Readonly<Record<string, Value>>): Promise<string> {
  return linkOf(await requestData<Sent>("POST", "/invitations", { body: values }));
}

/** Makes a new link; the old one opens nothing any more. */
export async function renewInvitation(id: string): Promise<string> {
  return linkOf(await requestData<Sent>("POST", `/invitations/${id}/resend`, { body: {} }));
}

/** Takes an invitation back. */
export function takeInvitationBack(id: string): Promise<void> {
  return request<void>("DELETE", `/invitations/${id}`);
}

/** What the invitation of a link is; without one that is good, the fault invitation_over. */
export function welcomeQuery(token: string) {
  return queryOptions({
    queryKey: keys.welcome(token),
    queryFn: ({ signal }) =>
      requestData<Welcome>("POST", "/auth/invitation", { body: { token }, stranger: true, signal }),
    retry: false,
  });
}

/** Accepts an invitation; the invited person is then signed in. */
export async function acceptInvitation(token: string, name: string, password: string): Promise<Me> {
  const body = { token, name, password };
  const me = await requestData<Me>("POST", "/auth/invitation/accept", { body, stranger: true });
  await keepFor(me);
  return me;
}
