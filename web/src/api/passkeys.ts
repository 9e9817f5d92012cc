import { queryOptions } from "@tanstack/react-query";
import { askPasskey, makePasskey } from "@/lib/passkey";
import { request, requestData } from "./client";
import { keepFor } from "./kept-answers";
import { keys } from "./keys";
import type { Me } from "./types";

/** A passkey of the caller. */
export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly used_at: string | null;
}

/** One's own passkeys. */
export const passkeysQuery = queryOptions({
  queryKey: keys.passkeys,
  queryFn: ({ signal }) => requestData<readonly Passkey[]>("GET", "/auth/passkeys", { signal }),
});

/** Has this browser make a passkey; with the first second factor come recovery codes, told once. */
export async function addPasskey(name: string, password: string): Promise<readonly string[]> {
  const asked = await requestData<{ publicKey: PublicKeyCredentialCreationOptionsJSON }>(
    "POST",
    "/auth/passkeys/enrol",
    { body: { password } },
  );
  const body = { name, credential: await makePasskey(asked.publicKey) };
  const added = await requestData<Passkey & { recovery_codes: readonly string[] }>(
    "POST",
    "/auth/passkeys",
    { body },
  );
  return added.recovery_codes;
}

type Purpose = "sign_in" | "second_factor" | "confirm";

async function ask(purpose: Purpose, how?: { quietly?: boolean; signal?: AbortSignal }) {
  const asked = await requestData<{ publicKey: PublicKeyCredentialRequestOptionsJSON }>(
    "POST",
    "/auth/passkey/options",
    { body: { for: purpose }, stranger: true },
  );
  return askPasskey(asked.publicKey, how);
}

/** Takes a passkey away; without a password one of the passkeys confirms who asks. */
export async function removePasskey(id: string, password?: string): Promise<void> {
  const body = password === undefined ? { credential: await ask("confirm") } : { password };
  await request<void>("POST", `/auth/passkeys/${id}/remove`, { body });
}

/** Signs in with a passkey: alone, or after the password. */
export async function signInWithPasskey(
  purpose: "sign_in" | "second_factor",
  how?: { quietly?: boolean; signal?: AbortSignal },
): Promise<Me> {
  const body = { credential: await ask(purpose, how) };
  const me = await requestData<Me>("POST", "/auth/passkey", { body, stranger: true });
  await keepFor(me);
  return me;
}
