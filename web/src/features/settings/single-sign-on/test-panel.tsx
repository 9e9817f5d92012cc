import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/keys";
import { useMe } from "@/api/session";
import {
  connectProvider,
  type Provider,
  type ProviderTest,
  testProvider,
} from "@/api/single-sign-on";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { TableFrame } from "@/components/table-frame";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import { PasswordForm } from "../password-form";
import styles from "./single-sign-on.module.css";
import { TestSteps } from "./test-steps";

/** Tries a sign-in, and shows how far it came and what came with it. */
export function TestPanel({ provider }: { provider: Provider }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const { test } = provider;
  const begin = async () => {
    setBusy(true);
    setRefusal(undefined);
    try {
      const to = await testProvider(provider.name);
      if (to) return location.assign(to);
      await client.invalidateQueries({ queryKey: keys.provider(provider.name) });
    } catch (error) {
      setRefusal(faultText(error, t));
    }
    setBusy(false);
  };
  return (
    <section className={styles.panel} aria-labelledby="test" data-testid="sso.test">
      <div className={styles.header}>
        <h2 id="test">{t("sso.test")}</h2>
        <Button icon="refresh" busy={busy} onClick={() => void begin()} testId="sso.test.begin">
          {test ? t("sso.testAgain") : t("sso.testBegin")}
        </Button>
      </div>
      {refusal && (
        <Notice tone="danger">
          <p>{refusal}</p>
        </Notice>
      )}
      {!test && <p className={styles.fact}>{t("sso.testText")}</p>}
      {test && (
        <>
          <p className={styles.fact}>{t("sso.testAt", { at: format.instant(test.at) })}</p>
          <TestSteps steps={test.steps} />
          <Outcome provider={provider.name} test={test} />
          <Claims claims={test.claims} />
        </>
      )}
    </section>
  );
}

/** Who it would be; an administrator may make himself known. */
function Outcome({ provider, test }: { provider: string; test: ProviderTest }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const me = useMe();
  const [connecting, setConnecting] = useState(false);
  const { person } = test;
  if (person) {
    const text = {
      link: t("sso.asLink", { name: person.name }),
      email: t("sso.asEmail", { name: person.name }),
      added: t("sso.asAdded", { name: person.name }),
    };
    const how = person.how === "link" || person.how === "email" ? person.how : "added";
    return (
      <Notice tone="success" title={t("sso.passed")} testId="sso.passed">
        <p>{text[how]}</p>
      </Notice>
    );
  }
  const mayConnect = test.by === me.id && test.subject !== "";
  const connect = async (password: string) => {
    await connectProvider(provider, password);
    setConnecting(false);
    toast({ text: t("sso.connected") });
    await client.invalidateQueries({ queryKey: keys.provider(provider) });
  };
  if (!mayConnect) return null;
  return (
    <>
      <Notice
        tone="info"
        actions={
          <Button icon="user" onClick={() => setConnecting(true)} testId="sso.connect">
            {t("sso.connect")}
          </Button>
        }
      >
        <p>{t("sso.connectText")}</p>
      </Notice>
      <Dialog
        title={t("sso.connect")}
        open={connecting}
        onClose={() => setConnecting(false)}
        testId="sso.connecting"
      >
        <PasswordForm action={t("sso.connect")} perform={connect}>
          <p>{t("sso.connectAsk", { email: me.email, subject: test.subject })}</p>
        </PasswordForm>
      </Dialog>
    </>
  );
}

/** What the provider said, as it came. */
function Claims({ claims }: { claims: ProviderTest["claims"] }) {
  const { t } = useTranslation();
  const names = Object.keys(claims);
  if (names.length === 0) return null;
  return (
    <details className={styles.claims}>
      <summary data-testid="sso.claims.show">{t("sso.claims", { count: names.length })}</summary>
      <TableFrame label={t("sso.claimsLabel")}>
        <table className={styles.table} data-testid="sso.claims">
          <thead>
            <tr>
              <th scope="col">{t("sso.claim")}</th>
              <th scope="col">{t("sso.value")}</th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>
                  <code>{claims[name]}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
    </details>
  );
}
