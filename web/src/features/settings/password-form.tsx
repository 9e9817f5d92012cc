import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { AccountName } from "@/components/account-name";
import { Button, type ButtonKind } from "@/components/button";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { passkeyText } from "@/components/passkey-words";
import { PasswordInput } from "@/components/text-input";
import styles from "./settings.module.css";

interface PasswordFormProps {
  readonly action: string;
  readonly kind?: ButtonKind;
  /** Something beside the password is missing. */
  readonly disabled?: boolean;
  readonly perform: (password: string) => Promise<unknown>;
  readonly children?: ReactNode;
}

/** Asks for the password before something that takes the person himself. */
export function PasswordForm(props: PasswordFormProps) {
  const { action, kind = "primary", disabled = false, perform, children } = props;
  const { t } = useTranslation();
  const me = useMe();
  const [password, setPassword] = useState("");
  const give = useMutation({ mutationFn: () => perform(password) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password && !disabled) give.mutate();
  };
  return (
    <form className={styles.secret} onSubmit={submit}>
      {children}
      {give.isError && (
        <Notice tone="danger" testId="password.refusal">
          <p>{passkeyText(give.error, t)}</p>
        </Notice>
      )}
      <AccountName email={me.email} />
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
        <Button
          kind={kind}
          submit
          busy={give.isPending}
          disabled={!password || disabled}
          testId="password.go"
        >
          {action}
        </Button>
      </div>
    </form>
  );
}
