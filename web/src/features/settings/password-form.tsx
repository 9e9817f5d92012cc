import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { Button, type ButtonKind } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { PasswordInput } from "@/components/text-input";
import styles from "./settings.module.css";

interface PasswordFormProps {
  readonly action: string;
  readonly kind?: ButtonKind;
  readonly perform: (password: string) => Promise<unknown>;
  readonly children?: ReactNode;
}

/** Asks for the password before something that takes the person himself. */
export function PasswordForm({ action, kind = "primary", perform, children }: PasswordFormProps) {
  const { t } = useTranslation();
  const me = useMe();
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!password) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      await perform(password);
    } catch (error) {
      setRefusal(faultText(error, t));
      setBusy(false);
    }
  };
  return (
    <form className={styles.secret} onSubmit={submit}>
      {children}
      {refusal && (
        <Notice tone="danger" testId="password.refusal">
          <p>{refusal}</p>
        </Notice>
      )}
      <input
        className="unseen"
        type="email"
        autoComplete="username"
        value={me.email}
        readOnly
        tabIndex={-1}
        aria-hidden="true"
      />
      <FieldFrame label={t("password.current")}>
        {(ids) => (
          <PasswordInput
            ids={ids}
            autoComplete="current-password"
            value={password}
            onChange={setPassword}
            testId="password.asked"
          />
        )}
      </FieldFrame>
      <div className={styles.buttons}>
        <Button kind={kind} submit busy={busy} disabled={!password} testId="password.go">
          {action}
        </Button>
      </div>
    </form>
  );
}
