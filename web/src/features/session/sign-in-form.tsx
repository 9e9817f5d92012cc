import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Half, signIn } from "@/api/session";
import type { Me } from "@/api/types";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { PasswordInput, TextInput } from "@/components/text-input";
import styles from "./session.module.css";

interface SignInFormProps {
  readonly email?: string;
  /** Why it was not done the last time. */
  readonly why?: string | undefined;
  /** The password was right, and the second step is missing. */
  readonly onHalf: (half: Half) => void;
  readonly onSignedIn: (me: Me) => void;
}

/** E-mail and password; both may be pasted or filled in. */
export function SignInForm({ email: known = "", why, onHalf, onSignedIn }: SignInFormProps) {
  const { t } = useTranslation();
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState(why);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setRefusal(undefined);
    try {
      const me = await signIn(email.trim(), password);
      if ("needs" in me) onHalf(me);
      else onSignedIn(me);
    } catch (error) {
      setRefusal(faultText(error, t));
      setBusy(false);
    }
  };

  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {refusal && (
        <Notice tone="danger" testId="sign-in.refusal">
          <p>{refusal}</p>
        </Notice>
      )}
      <FieldFrame label={t("session.email")}>
        {(ids) => (
          <TextInput
            ids={ids}
            type="email"
            inputMode="email"
            autoComplete="username webauthn"
            autoFocus={!known}
            value={email}
            onChange={setEmail}
            testId="sign-in.email"
          />
        )}
      </FieldFrame>
      <FieldFrame label={t("session.password")}>
        {(ids) => (
          <PasswordInput
            ids={ids}
            autoComplete="current-password"
            value={password}
            onChange={setPassword}
            testId="sign-in.password"
          />
        )}
      </FieldFrame>
      <Button kind="primary" submit wide busy={busy} testId="sign-in.submit">
        {t("session.signIn")}
      </Button>
    </form>
  );
}
