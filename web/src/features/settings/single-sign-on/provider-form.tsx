import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { Fault } from "@/api/fault";
import { useCatalog } from "@/api/meta";
import {
  addProvider,
  changeProvider,
  type Provider,
  type ProviderSettings,
  singleSignOnQuery,
} from "@/api/single-sign-on";
import { Button } from "@/components/button";
import { Checkbox } from "@/components/checkbox";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { WordsInput } from "@/components/select";
import { PasswordInput, TextInput } from "@/components/text-input";
import { useToast } from "@/components/toaster";
import { languageNames, languages } from "@/i18n";
import { lookOf } from "@/kinds/field/kinds";
import { CallbackTold } from "./callback-told";
import styles from "./single-sign-on.module.css";

const nothing: ProviderSettings = {
  title: { "zh-CN": "", en: "" },
  issuer: "",
  client_id: "",
  enabled: true,
  adds_people: false,
  domains: [],
  roles: [],
};

interface ProviderFormProps {
  readonly provider?: Provider;
  readonly onKept: (provider: Provider) => void;
}

/** What an administrator says of a provider. */
export function ProviderForm({ provider, onKept }: ProviderFormProps) {
  const { t } = useTranslation();
  const toast = useToast();
  const catalog = useCatalog();
  const [name, setName] = useState("");
  const [secret, setSecret] = useState("");
  const [settings, setSettings] = useState(() => settingsOf(provider ?? nothing));
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (refusal === undefined) return;
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [refusal]);
  const set = (more: Partial<ProviderSettings>) => setSettings({ ...settings, ...more });
  const items = refusal instanceof Fault ? refusal.items : [];
  const wrong = (pointer: string) =>
    items.find((item) => item.pointer === pointer || item.pointer.startsWith(`${pointer}/`))
      ?.message;
  const roles = catalog.field("user", "roles");
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setRefusal(undefined);
    const change = { ...settings, ...(secret !== "" && { secret }) };
    try {
      onKept(await (provider ? changeProvider(provider.name, change) : addProvider(name, change)));
      setSecret("");
      toast({ text: t("sso.saved") });
    } catch (error) {
      setRefusal(error);
    }
    setBusy(false);
  };
  return (
    <form ref={form} className={styles.form} onSubmit={submit} noValidate data-testid="sso.form">
      {refusal !== undefined && items.length === 0 && (
        <Notice tone="danger" testId="sso.refusal">
          <p>{faultText(refusal, t)}</p>
        </Notice>
      )}
      <h2>{t("sso.connection")}</h2>
      {provider ? (
        <CallbackTold callback={provider.callback} />
      ) : (
        <NameField name={name} onChange={setName} error={wrong("/name")} />
      )}
      <FieldFrame
        label={t("sso.issuer")}
        help={t("sso.issuerHelp")}
        error={wrong("/issuer")}
        required
      >
        {(ids) => (
          <TextInput
            ids={ids}
            type="url"
            value={settings.issuer}
            onChange={(issuer) => set({ issuer })}
            testId="sso.issuer"
          />
        )}
      </FieldFrame>
      <FieldFrame label={t("sso.client")} error={wrong("/client_id")} required>
        {(ids) => (
          <TextInput
            ids={ids}
            value={settings.client_id}
            onChange={(client_id) => set({ client_id })}
            testId="sso.client"
          />
        )}
      </FieldFrame>
      <FieldFrame
        label={t("sso.secret")}
        help={provider?.has_secret ? t("sso.secretSet") : t("sso.secretHelp")}
        error={wrong("/secret")}
      >
        {(ids) => (
          <PasswordInput
            ids={ids}
            autoComplete="new-password"
            value={secret}
            onChange={setSecret}
            testId="sso.secret"
          />
        )}
      </FieldFrame>
      <h2>{t("sso.button")}</h2>
      <div className={styles.pair}>
        {languages.map((language) => (
          <FieldFrame
            key={language}
            label={t("sso.titleIn", { language: languageNames[language] })}
            error={wrong(`/title/${language}`)}
            required
          >
            {(ids) => (
              <TextInput
                ids={ids}
                value={settings.title[language]}
                onChange={(text) => set({ title: { ...settings.title, [language]: text } })}
                testId={`sso.title.${language}`}
              />
            )}
          </FieldFrame>
        ))}
      </div>
      <Checkbox
        checked={settings.enabled}
        onChange={(enabled) => set({ enabled })}
        testId="sso.enabled"
      >
        {t("sso.enabled")}
      </Checkbox>
      <h2>{t("sso.newcomers")}</h2>
      <p className={styles.fact}>{t("sso.newcomersText")}</p>
      <Checkbox
        checked={settings.adds_people}
        onChange={(adds_people) => set({ adds_people })}
        testId="sso.adds"
      >
        {t("sso.adds")}
      </Checkbox>
      {settings.adds_people && (
        <>
          <FieldFrame
            label={t("sso.domains")}
            help={t("sso.domainsHelp")}
            error={wrong("/domains")}
            required
          >
            {(ids) => (
              <WordsInput
                ids={ids}
                value={settings.domains}
                placeholder="example.com"
                onChange={(domains) => set({ domains })}
                testId="sso.domains"
              />
            )}
          </FieldFrame>
          {roles && (
            <RolesField field={roles} settings={settings} error={wrong("/roles")} set={set} />
          )}
        </>
      )}
      <div className={styles.buttons}>
        <Button kind="primary" submit busy={busy} testId="sso.save">
          {t("form.save")}
        </Button>
      </div>
    </form>
  );
}

interface NameFieldProps {
  readonly name: string;
  readonly error: string | undefined;
  readonly onChange: (name: string) => void;
}

/** The name of a new provider, and the address that follows from it. */
function NameField({ name, error, onChange }: NameFieldProps) {
  const { t } = useTranslation();
  const { data: setting } = useQuery(singleSignOnQuery);
  return (
    <>
      <FieldFrame label={t("sso.name")} help={t("sso.nameHelp")} error={error} required>
        {(ids) => <TextInput ids={ids} value={name} onChange={onChange} testId="sso.name" />}
      </FieldFrame>
      {setting && (name !== "" || setting.callback === "") && (
        <CallbackTold callback={setting.callback.replace("*", name)} />
      )}
    </>
  );
}

interface RolesFieldProps {
  readonly field: Field;
  readonly settings: ProviderSettings;
  readonly error: string | undefined;
  readonly set: (more: Partial<ProviderSettings>) => void;
}

function RolesField({ field, settings, error, set }: RolesFieldProps) {
  const { t } = useTranslation();
  const { Input } = lookOf(field);
  return (
    <FieldFrame label={t("sso.roles")} help={t("sso.rolesHelp")} error={error}>
      {(ids) => (
        <Input
          field={field}
          ids={ids}
          value={[...settings.roles]}
          onChange={(value) => set({ roles: Array.isArray(value) ? value.map(String) : [] })}
          testId="sso.roles"
        />
      )}
    </FieldFrame>
  );
}

/** What of a provider is the administrator's to say. */
function settingsOf(from: ProviderSettings): ProviderSettings {
  const { title, issuer, client_id, enabled, adds_people, domains, roles } = from;
  return { title, issuer, client_id, enabled, adds_people, domains, roles };
}
