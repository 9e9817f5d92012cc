import { queryOptions } from "@tanstack/react-query";
import type { Language } from "@/i18n";
import { address, request, requestData } from "./client";
import { keys } from "./keys";
import type { Me } from "./types";

type Titles = Readonly<Record<Language, string>>;

/** How people sign in. */
export interface Ways {
  /** By a provider, but for an emergency. */
  readonly only: boolean;
  readonly providers: readonly { readonly name: string; readonly title: Titles }[];
  readonly can_keep: boolean;
  /** The origin at which passkeys are used; "" for nowhere. */
  readonly passkeys: string;
}

/** What is said of a provider, but for its secret. */
export interface ProviderSettings {
  readonly title: Titles;
  readonly issuer: string;
  readonly client_id: string;
  readonly enabled: boolean;
  readonly adds_people: boolean;
  readonly domains: readonly string[];
  readonly roles: readonly string[];
}

/** A step of a test, and why it failed. */
export interface TestStep {
  readonly name: string;
  readonly state: string;
  readonly reason: string;
  readonly expected: string;
  readonly got: string;
}

/** How a sign-in went that an administrator tried. */
export interface ProviderTest {
  readonly at: string;
  readonly by: string;
  readonly passed: boolean;
  readonly steps: readonly TestStep[];
  readonly claims: Readonly<Record<string, string>>;
  readonly person: { readonly id: string; readonly name: string; readonly how: string } | null;
  readonly subject: string;
}

/** A provider by which people sign in. */
export interface Provider extends ProviderSettings {
  readonly name: string;
  readonly has_secret: boolean;
  readonly tested: boolean;
  readonly people: number;
  readonly test: ProviderTest | null;
  /** Where it is to send people back to; "" as long as the server has no address. */
  readonly callback: string;
}

/** What is to be changed of a provider. */
export type ProviderChange = Partial<ProviderSettings & { readonly secret: string }>;

/** Who may sign in with a password. */
export interface SingleSignOn {
  readonly only: boolean;
  readonly emergency: readonly string[];
  readonly administrators: readonly {
    readonly id: string;
    readonly name: string;
    readonly email: string;
    readonly has_password: boolean;
  }[];
  /** The address of a provider whose name is in place of the *. */
  readonly callback: string;
}

/** Why a sign-in by a provider may fail. */
const failures = [
  "access_token",
  "administrator",
  "audience",
  "denied",
  "disabled",
  "domain",
  "expired",
  "expiry",
  "issued",
  "issuer",
  "malformed",
  "missing",
  "no_code",
  "no_id_token",
  "nonce",
  "party",
  "private",
  "refused",
  "role",
  "several",
  "signature",
  "subject",
  "unknown",
  "unreachable",
  "unverified",
] as const;

/** Why a sign-in failed, where it is known. */
export function failureOf(reason: unknown): (typeof failures)[number] | undefined {
  return failures.find((one) => one === reason);
}

const path = "/single_sign_on";
const providerPath = (name: string) => `${path}/providers/${encodeURIComponent(name)}`;

/** How people sign in; for strangers, too. */
export const waysQuery = queryOptions({
  queryKey: keys.ways,
  queryFn: ({ signal }) => requestData<Ways>("GET", "/auth/ways", { signal, stranger: true }),
});

/** Where the browser goes to sign in by a provider, and after that to a page. */
export function departure(name: string, next: string): string {
  const query = new URLSearchParams({ next });
  return address(`/auth/oidc/${encodeURIComponent(name)}/start?${query}`);
}

/** Who is signed in by now, in whichever tab; null for a stranger. It is not kept. */
export function whoCame(): Promise<Me | null> {
  return requestData<Me | null>("GET", "/session", { stranger: true });
}

/** Who may sign in with a password. */
export const singleSignOnQuery = queryOptions({
  queryKey: keys.singleSignOn,
  queryFn: ({ signal }) => requestData<SingleSignOn>("GET", path, { signal }),
});

/** Says who may sign in with a password. */
export function keepSingleSignOn(only: boolean, emergency: readonly string[]): Promise<unknown> {
  return request("PUT", path, { body: { only, emergency } });
}

/** All providers. */
export const providersQuery = queryOptions({
  queryKey: keys.providers,
  queryFn: ({ signal }) => requestData<readonly Provider[]>("GET", `${path}/providers`, { signal }),
});

/** One provider. */
export function providerQuery(name: string) {
  return queryOptions({
    queryKey: keys.provider(name),
    queryFn: ({ signal }) => requestData<Provider>("GET", providerPath(name), { signal }),
    retry: false,
  });
}

/** Adds a provider under a name that stays. */
export function addProvider(name: string, change: ProviderChange): Promise<Provider> {
  return requestData<Provider>("POST", `${path}/providers`, { body: { name, ...change } });
}

/** Changes a provider. */
export function changeProvider(name: string, change: ProviderChange): Promise<Provider> {
  return requestData<Provider>("PATCH", providerPath(name), { body: change });
}

/** Takes a provider away. */
export function deleteProvider(name: string): Promise<void> {
  return request<void>("DELETE", providerPath(name));
}

/** Begins a test: where the browser goes on, or null when it has ended already. */
export async function testProvider(name: string): Promise<string | null> {
  return (
    await requestData<{ location: string | null }>("POST", `${providerPath(name)}/test`, {
      body: {},
    })
  ).location;
}

/** Lets a provider know oneself by what it said in the test. */
export function connectProvider(name: string, password: string): Promise<void> {
  return request<void>("POST", `${providerPath(name)}/connect`, { body: { password } });
}
