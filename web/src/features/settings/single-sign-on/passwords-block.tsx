import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Fault } from "@/api/fault";
import { keys } from "@/api/keys";
import { keepSingleSignOn, type SingleSignOn, singleSignOnQuery } from "@/api/single-sign-on";
import { Button } from "@/components/button";
import { FaultView, faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { RadioCard, RadioCards } from "@/components/radio-cards";
import { MultiSelect } from "@/components/select";
import { Skeleton } from "@/components/skeleton";
import { useToast } from "@/components/toaster";
import styles from "./single-sign-on.module.css";

/** Whether a password still opens, and whose does in an emergency. */
export function PasswordsBlock({ ready }: { ready: boolean }) {
  const { t } = useTranslation();
  const found = useQuery(singleSignOnQuery);
  return (
    <section className={styles.block} aria-labelledby="passwords">
      <h2 id="passwords">{t("sso.passwords")}</h2>
      {found.isPending && <Skeleton lines={3} />}
      {found.isError && <FaultView error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <PasswordsForm setting={found.data} ready={ready} />}
    </section>
  );
}

function PasswordsForm({ setting, ready }: { setting: SingleSignOn; ready: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const [only, setOnly] = useState(setting.only);
  const [emergency, setEmergency] = useState(setting.emergency);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();
  const able = setting.administrators.filter((one) => one.has_password);
  const missing = only && emergency.length === 0;
  const items = refusal instanceof Fault ? refusal.items : [];
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setRefusal(undefined);
    try {
      await keepSingleSignOn(only, only ? emergency : []);
      toast({ text: t("sso.kept") });
    } catch (error) {
      setRefusal(error);
    }
    setBusy(false);
    await client.invalidateQueries({ queryKey: keys.singleSignOn });
    await client.invalidateQueries({ queryKey: keys.ways });
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {refusal !== undefined && (
        <Notice tone="danger" testId="sso.passwords.refusal">
          <p>{items[0]?.message ?? faultText(refusal, t)}</p>
        </Notice>
      )}
      <RadioCards label={t("sso.passwords")}>
        <RadioCard
          name="only"
          title={t("sso.both")}
          checked={!only}
          onChoose={() => setOnly(false)}
          testId="sso.both"
        >
          {t("sso.bothText")}
        </RadioCard>
        <RadioCard
          name="only"
          title={t("sso.only")}
          checked={only}
          onChoose={() => setOnly(true)}
          testId="sso.only"
        >
          {t("sso.onlyText")}
        </RadioCard>
      </RadioCards>
      {only && !ready && (
        <Notice tone="warning" testId="sso.notReady">
          <p>{t("sso.notReady")}</p>
        </Notice>
      )}
      {only && (
        <FieldFrame label={t("sso.emergency")} help={t("sso.emergencyHelp")} required>
          {(ids) => (
            <MultiSelect
              ids={ids}
              value={emergency}
              choices={able.map(({ id, name, email }) => ({
                value: id,
                label: `${name} ${email}`,
              }))}
              onChange={setEmergency}
              testId="sso.emergency"
            />
          )}
        </FieldFrame>
      )}
      <div className={styles.buttons}>
        <Button
          kind="primary"
          submit
          busy={busy}
          blocked={
            only && !ready ? t("sso.notReady") : missing ? t("sso.emergencyHelp") : undefined
          }
          testId="sso.keep"
        >
          {t("form.save")}
        </Button>
      </div>
    </form>
  );
}
