import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Fault } from "@/api/fault";
import { type Half, secondStep } from "@/api/session";
import type { Me } from "@/api/types";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { TextInput } from "@/components/text-input";
import { PasskeyButton } from "./passkey-button";
import styles from "./session.module.css";

interface CodeStepProps {
  /** What may be given; a recovery code always may. */
  readonly half: Half;
  /** Whether this browser takes passkeys. */
  readonly usable: boolean;
  readonly onSignedIn: (me: Me) => void;
  /** Back to the password, perhaps because it took too long. */
  readonly onBack: (why?: string) => void;
}

/** The second step: a passkey, the code of an app, or a recovery code. */
export function CodeStep({ half, usable, onSignedIn, onBack }: CodeStepProps) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const verify = useMutation({
    mutationFn: () => secondStep(code),
    onSuccess: onSignedIn,
    onError: (error) => {
      if (error instanceof Fault && error.code === "sign_in_expired") {
        return onBack(faultText(error, t));
      }
      setCode("");
    },
  });
  const app = half.needs === "totp";
  const passkey = usable && (!app || half.passkey === true);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    verify.mutate();
  };

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {verify.isError && (
        <Notice tone="danger" testId="sign-in.refusal">
          <p>{faultText(verify.error, t)}</p>
        </Notice>
      )}
      {passkey && (
        <>
          <PasskeyButton purpose="second_factor" primary onSignedIn={onSignedIn} />
          <p className={styles.or}>{t("session.or")}</p>
        </>
      )}
      {!app && !usable && <p className={styles.help}>{t("passkeys.notHere")}</p>}
      <FieldFrame
        label={t(app ? "session.code" : "session.recoveryCode")}
        help={app ? t("session.codeHelp") : undefined}
      >
        {(ids) => (
          <TextInput
            ids={ids}
            autoComplete="one-time-code"
            autoFocus={!passkey}
            value={code}
            onChange={setCode}
            testId="sign-in.code"
          />
        )}
      </FieldFrame>
      <Button
        kind={passkey ? "plain" : "primary"}
        submit
        wide
        busy={verify.isPending}
        disabled={code.trim() === ""}
        testId="sign-in.verify"
      >
        {t("session.signIn")}
      </Button>
      <Button kind="quiet" wide onClick={() => onBack()} testId="sign-in.back">
        {t("session.back")}
      </Button>
    </form>
  );
}
