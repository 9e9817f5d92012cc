import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLocation, useNavigate } from "react-router";
import { Fault } from "@/api/fault";
import { acceptInvitation, type Welcome, welcomeQuery } from "@/api/invitations";
import { sessionQuery } from "@/api/session";
import { Brand } from "@/components/brand";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { LanguageSwitch } from "@/components/language-switch";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { PasswordInput, TextInput } from "@/components/text-input";
import { useTitle } from "@/components/use-title";
import { passwordStrength } from "@/lib/password";
import styles from "./session.module.css";

/** Where the link of an invitation leads: a name, a password, and one is in. */
export default function JoinPage() {
  const { t } = useTranslation();
  const token = useLocation().hash.slice(1);
  const found = useQuery(welcomeQuery(token));
  useTitle(t("join.page"));
  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <Brand />
        <LanguageSwitch />
      </header>
      <main className={styles.card}>
        {found.isPending && <Skeleton lines={4} />}
        {found.isError && (
          <>
            <h1>{t("join.page")}</h1>
            <Notice tone="danger" testId="join.over">
              <p>{faultText(found.error, t)}</p>
            </Notice>
          </>
        )}
        {found.data && <JoinForm token={token} welcome={found.data} />}
      </main>
    </div>
  );
}

function JoinForm({ token, welcome }: { token: string; welcome: Welcome }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(welcome.name);
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();
  const strength = password ? passwordStrength(password) : null;
  const items = refusal instanceof Fault ? refusal.items : [];
  const wrong = (field: string) => items.find((item) => item.pointer === `/${field}`)?.message;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setRefusal(undefined);
    try {
      const me = await acceptInvitation(token, name.trim(), password);
      client.clear();
      client.setQueryData(sessionQuery.queryKey, me);
      navigate("/", { replace: true });
    } catch (error) {
      setRefusal(error);
      setBusy(false);
    }
  };
  return (
    <>
      <h1>{t("join.title", { organisation: welcome.organisation })}</h1>
      <form className={styles.form} onSubmit={submit} noValidate>
        {refusal !== undefined && items.length === 0 && (
          <Notice tone="danger" testId="join.refusal">
            <p>{faultText(refusal, t)}</p>
          </Notice>
        )}
        <p className={styles.help}>{t("join.text", { email: welcome.email })}</p>
        <input
          className="unseen"
          type="email"
          autoComplete="username"
          value={welcome.email}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
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
        <FieldFrame
          label={t("session.password")}
          error={wrong("password")}
          required
          help={strength ? t(`password.strength.${strength}`) : t("password.rule")}
        >
          {(ids) => (
            <PasswordInput
              ids={ids}
              autoComplete="new-password"
              value={password}
              onChange={setPassword}
              testId="join.password"
            />
          )}
        </FieldFrame>
        <Button
          kind="primary"
          submit
          wide
          busy={busy}
          disabled={name.trim() === "" || !password || strength === "short"}
          testId="join.submit"
        >
          {t("join.submit")}
        </Button>
      </form>
    </>
  );
}
