import { queryOptions, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { request, requestData } from "./client";
import { keepFor } from "./kept-answers";
import { keys } from "./keys";
import type { Locale, Me, SetupOffer, SetupRequest } from "./types";

/** Who is signed in; null for a stranger. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: async ({ signal }) => {
    const me = await requestData<Me | null>("GET", "/session", { signal, stranger: true });
    if (!me?.viewer) await keepFor(me);
    return me;
  },
  staleTime: Number.POSITIVE_INFINITY,
});

/** The signed-in person; only for pages that strangers never reach. */
export function useMe(): Me {
  const me = useSuspenseQuery(sessionQuery).data;
  if (!me) throw new Error("a page for signed-in people was drawn for a stranger");
  return me;
}

/** The signed-in person, or null. */
export function useMaybeMe(): Me | null {
  return useQuery({ ...sessionQuery, enabled: false }).data ?? null;
}

/** What a sign-in still needs: a code of an app, a passkey, or either. */
export interface Half {
  readonly needs: "totp" | "passkey";
  readonly passkey?: boolean;
}

/** Signs in, perhaps up to the second step. A wrong pair is the fault invalid_credentials. */
export async function signIn(email: string, password: string): Promise<Me | Half> {
  const body = { email, password };
  const me = await requestData<Me | Half>("POST", "/auth/login", {
    body,
    stranger: true,
  });
  if (!("needs" in me)) await keepFor(me);
  return me;
}

/** Ends a sign-in with the code of an app or a recovery code. */
export async function secondStep(code: string): Promise<Me> {
  const me = await requestData<Me>("POST", "/auth/totp", { body: { code }, stranger: true });
  await keepFor(me);
  return me;
}

/** Ends the session. */
export async function signOut(): Promise<void> {
  await request<void>("POST", "/auth/logout", { body: {}, stranger: true });
  await keepFor(null);
}

/** What a person may change of himself. */
interface Profile {
  readonly name?: string;
  readonly locale?: Locale | "";
  readonly timezone?: string;
}

/** Changes the caller's own settings. */
export function updateProfile(profile: Profile): Promise<Me> {
  return requestData<Me>("PATCH", "/me", { body: profile });
}

/** Changes the caller's password. */
export function changePassword(current: string, next: string): Promise<void> {
  return request<void>("POST", "/auth/password", { body: { current, new: next } });
}

/** What set-up offers while it is open; afterwards the fault not_found. */
export const setupQuery = queryOptions({
  queryKey: keys.setup,
  queryFn: ({ signal }) => requestData<SetupOffer>("GET", "/setup", { signal, stranger: true }),
  retry: false,
  staleTime: Number.POSITIVE_INFINITY,
});

/** Sets the installation up and signs its administrator in. */
export function setUp(body: SetupRequest): Promise<Me> {
  return requestData<Me>("POST", "/setup", { body, stranger: true });
}
