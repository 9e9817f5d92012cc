import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Fault } from "@/api/fault";
import { keys } from "@/api/keys";
import { changePassword, useMe } from "@/api/session";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { PasswordInput } from "@/components/text-input";
import { useToast } from "@/components/toaster";
import { passwordStrength } from "@/lib/password";
import styles from "./settings.module.css";

/** A new password, given the present one. */
export function ChangePassword() {
  const { t } = useTranslation();
  const me = useMe();
  const toast = useToast();
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const strength = next ? passwordStrength(next) : null;
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
    if (current && strength !== "short" && next) change.mutate();
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
            value={current}
            onChange={setCurrent}
            testId="password.current"
          />
        )}
      </FieldFrame>
      <FieldFrame
        label={t("password.next")}
        help={strength ? t(`password.strength.${strength}`) : t("password.rule")}
      >
        {(ids) => (
          <PasswordInput
            ids={ids}
            autoComplete="new-password"
            value={next}
            onChange={setNext}
            testId="password.next"
          />
        )}
      </FieldFrame>
      <div className={styles.buttons}>
        <Button
          submit
          busy={change.isPending}
          disabled={!current || !next || strength === "short"}
          testId="password.change"
        >
          {t("password.change")}
        </Button>
      </div>
    </form>
  );
}
