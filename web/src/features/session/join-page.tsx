import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Fault } from "@/api/fault";
import { acceptInvitation, type Welcome, welcomeQuery } from "@/api/invitations";
import { sessionQuery } from "@/api/session";
import { AccountName } from "@/components/account-name";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { NewPassword } from "@/components/new-password";
import { Notice } from "@/components/notice";
import { TextInput } from "@/components/text-input";
import { longEnough } from "@/lib/password";
import { LinkPage, useSecret } from "./link-page";
import styles from "./session.module.css";

/** Where the link of an invitation leads: a name, a password, and one is in. */
export default function JoinPage() {
  const { t } = useTranslation();
  const token = useSecret();
  return (
    <LinkPage title={t("join.page")} found={useQuery(welcomeQuery(token))}>
      {(welcome) => <JoinForm token={token} welcome={welcome} />}
    </LinkPage>
  );
}

function JoinForm({ token, welcome }: { token: string; welcome: Welcome }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(welcome.name);
  const [password, setPassword] = useState("");
  const join = useMutation({
    mutationFn: () => acceptInvitation(token, name.trim(), password),
    onSuccess: (me) => {
      client.clear();
      client.setQueryData(sessionQuery.queryKey, me);
      navigate("/", { replace: true });
    },
  });
  const items = join.error instanceof Fault ? join.error.items : [];
  const wrong = (field: string) => items.find((item) => item.pointer === `/${field}`)?.message;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    join.mutate();
  };
  return (
    <>
      <h1>{t("join.title", { organisation: welcome.organisation })}</h1>
      <form className={styles.form} onSubmit={submit} noValidate>
        {join.isError && items.length === 0 && (
          <Notice tone="danger" testId="join.refusal">
            <p>{faultText(join.error, t)}</p>
          </Notice>
        )}
        <p className={styles.help}>{t("join.text", { email: welcome.email })}</p>
        <AccountName email={welcome.email} />
        <FieldFrame label={t("setup.administrator.name")} error={wrong("name")} required>
          {(ids) => (
            <TextInput
              ids={ids}
              autoComplete="name"
              value={name}
              onChange={setName}
              testId="join.name"
            />
          )}
        </FieldFrame>
        <NewPassword
          label={t("session.password")}
          error={wrong("password")}
          required
          value={password}
          onChange={setPassword}
          testId="join.password"
        />
        <Button
          kind="primary"
          submit
          wide
          busy={join.isPending}
          disabled={name.trim() === "" || !longEnough(password)}
          testId="join.submit"
        >
          {t("join.submit")}
        </Button>
      </form>
    </>
  );
}
