/** What a browser does with passkeys. Whatever it refuses is told as an error of its own. */

/** Whether this browser takes passkeys at the place where they are used, which is an origin. */
export function takesPasskeys(place: string | undefined): boolean {
  return (
    place === location.origin &&
    window.isSecureContext &&
    typeof window.PublicKeyCredential?.parseRequestOptionsFromJSON === "function"
  );
}

/** Whether the browser offers passkeys in the list under a field. */
export async function offersPasskeys(): Promise<boolean> {
  return (await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false;
}

/** Makes a passkey; the answer is what the server takes. */
export async function makePasskey(options: PublicKeyCredentialCreationOptionsJSON) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return answerOf(await navigator.credentials.create({ publicKey }));
}

interface Asking {
  /** In the list under a field, instead of a dialog. */
  readonly quietly?: boolean;
  readonly signal?: AbortSignal;
}

/** Has the person show himself to one of his passkeys; the answer is what the server takes. */
export async function askPasskey(
  options: PublicKeyCredentialRequestOptionsJSON,
  { quietly = false, signal }: Asking = {},
) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return answerOf(
    await navigator.credentials.get({
      publicKey,
      ...(quietly && { mediation: "conditional" as const }),
      ...(signal && { signal }),
    }),
  );
}

function answerOf(credential: Credential | null): PublicKeyCredentialJSON {
  if (credential instanceof PublicKeyCredential) return credential.toJSON();
  throw new DOMException("no passkey was given", "NotAllowedError");
}

/** Why a browser gave none: the person did not, or this device has one already. */
export function refusalOf(error: unknown): "given" | "known" | undefined {
  if (!(error instanceof DOMException)) return undefined;
  return error.name === "InvalidStateError" ? "known" : "given";
}
