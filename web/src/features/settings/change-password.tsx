import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Fault } from "@/api/fault";
import { keys } from "@/api/keys";
import { changePassword, useMe } from "@/api/session";
import { AccountName } from "@/components/account-name";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { NewPassword } from "@/components/new-password";
import { Notice } from "@/components/notice";
import { PasswordInput } from "@/components/text-input";
import { useToast } from "@/components/toaster";
import { longEnough } from "@/lib/password";
import styles from "./settings.module.css";

/** A new password, given the present one. */
export function ChangePassword() {
  const { t } = useTranslation();
  const me = useMe();
  const toast = useToast();
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useMutation({
    mutationFn: () => changePassword(current, next),
    onSuccess: () => {
      setCurrent("");
      setNext("");
      toast({ text: t("password.changed") });
      void client.invalidateQueries({ queryKey: keys.sessions }); // the others have ended
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (current && longEnough(next)) change.mutate();
  };
  const told = change.error instanceof Fault ? change.error.items[0]?.message : undefined;
  return (
    <form className={styles.block} aria-labelledby="password" onSubmit={submit}>
      <h2 id="password">{t("password.title")}</h2>
      {change.isError && (
        <Notice tone="danger">
          <p>{told ?? faultText(change.error, t)}</p>
        </Notice>
      )}
      <AccountName email={me.email} />
      <FieldFrame label={t("password.current")}>
        {(ids) => (
          <PasswordInput
            ids={ids}
            autoComplete="current-password"
            value={current}
            onChange={setCurrent}
            testId="password.current"
          />
        )}
      </FieldFrame>
      <NewPassword
        label={t("password.next")}
        value={next}
        onChange={setNext}
        testId="password.next"
      />
      <div className={styles.buttons}>
        <Button
          submit
          busy={change.isPending}
          disabled={!current || !longEnough(next)}
          testId="password.change"
        >
          {t("password.change")}
        </Button>
      </div>
    </form>
  );
}
