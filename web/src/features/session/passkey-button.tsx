import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { signInWithPasskey } from "@/api/passkeys";
import type { Me } from "@/api/types";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { passkeyText } from "@/components/passkey-words";
import { offersPasskeys } from "@/lib/passkey";

interface PasskeyButtonProps {
  readonly purpose: "sign_in" | "second_factor";
  readonly primary?: boolean;
  readonly onSignedIn: (me: Me) => void;
  /** Hears it before the browser asks. */
  readonly onPressed?: () => void;
}

/** Signs in with a passkey, and says why that did not do. */
export function PasskeyButton({ purpose, primary, onSignedIn, onPressed }: PasskeyButtonProps) {
  const { t } = useTranslation();
  const enter = useMutation({
    mutationFn: () => signInWithPasskey(purpose),
    onSuccess: onSignedIn,
  });
  const press = () => {
    onPressed?.();
    enter.mutate();
  };
  return (
    <>
      {enter.isError && (
        <Notice tone="danger" testId="sign-in.passkey.refusal">
          <p>{passkeyText(enter.error, t)}</p>
        </Notice>
      )}
      <Button
        kind={primary ? "primary" : "plain"}
        wide
        icon="key"
        busy={enter.isPending}
        onClick={press}
        testId="sign-in.passkey"
      >
        {t(purpose === "sign_in" ? "passkeys.signIn" : "passkeys.use")}
      </Button>
    </>
  );
}

/** Before the server forgets what it asked. */
const renewal = 4 * 60_000;

/**
 * Lets the browser offer passkeys in the list under the field for the mail address, while it can.
 * What it gives makes room for a dialog, beside which a browser offers nothing.
 */
export function usePasskeyList(usable: boolean, onSignedIn: (me: Me) => void): () => void {
  const signedIn = useRef(onSignedIn);
  signedIn.current = onSignedIn;
  const making = useRef<() => void>(undefined);
  useEffect(() => {
    if (!usable) return;
    let asking = new AbortController();
    let over = false;
    making.current = () => asking.abort();
    const ask = async () => {
      if (over || !(await offersPasskeys())) return;
      asking = new AbortController();
      try {
        const me = await signInWithPasskey("sign_in", { quietly: true, signal: asking.signal });
        if (!over) signedIn.current(me);
      } catch {
        // It was not used, or did not do: the button beside says why.
      }
    };
    void ask();
    const timer = setInterval(() => {
      asking.abort();
      void ask();
    }, renewal);
    return () => {
      over = true;
      asking.abort();
      clearInterval(timer);
    };
  }, [usable]);
  return () => making.current?.();
}
