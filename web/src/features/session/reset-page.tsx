import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Fault } from "@/api/fault";
import { keys } from "@/api/keys";
import { type Forgetful, forgetfulQuery, setForgotten } from "@/api/passwords";
import { AccountName } from "@/components/account-name";
import { Button, LinkButton } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { NewPassword } from "@/components/new-password";
import { Notice } from "@/components/notice";
import { longEnough } from "@/lib/password";
import { LinkPage, useSecret } from "./link-page";
import styles from "./session.module.css";

/** Where the link for a forgotten password leads: a new one, with which one then signs in. */
export default function ResetPage() {
  const { t } = useTranslation();
  const token = useSecret();
  return (
    <LinkPage title={t("reset.page")} found={useQuery(forgetfulQuery(token))}>
      {(person) => <ResetForm token={token} person={person} />}
    </LinkPage>
  );
}

function ResetForm({ token, person }: { token: string; person: Forgetful }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [password, setPassword] = useState("");
  const reset = useMutation({
    mutationFn: () => setForgotten(token, password),
    onSuccess: () => client.removeQueries({ queryKey: keys.session }), // it has ended
  });
  const items = reset.error instanceof Fault ? reset.error.items : [];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (longEnough(password)) reset.mutate();
  };
  if (reset.isSuccess) {
    return (
      <>
        <h1>{t("reset.done")}</h1>
        <p role="status" data-testid="reset.done">
          {t("reset.doneText")}
        </p>
        <LinkButton kind="primary" to="/sign-in" testId="reset.signIn">
          {t("session.signIn")}
        </LinkButton>
      </>
    );
  }
  return (
    <>
      <h1>{t("reset.page")}</h1>
      <form className={styles.form} onSubmit={submit} noValidate>
        {reset.isError && items.length === 0 && (
          <Notice tone="danger" testId="reset.refusal">
            <p>{faultText(reset.error, t)}</p>
          </Notice>
        )}
        <p className={styles.help}>
          {t("reset.text", { email: person.email, organisation: person.organisation })}
        </p>
        <AccountName email={person.email} />
        <NewPassword
          label={t("password.next")}
          error={items[0]?.message}
          required
          value={password}
          onChange={setPassword}
          testId="reset.password"
        />
        <Button
          kind="primary"
          submit
          wide
          busy={reset.isPending}
          disabled={!longEnough(password)}
          testId="reset.submit"
        >
          {t("reset.submit")}
        </Button>
      </form>
    </>
  );
}
