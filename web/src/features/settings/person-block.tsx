import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { sessionQuery, updateProfile, useMe } from "@/api/session";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { LanguageSwitch } from "@/components/language-switch";
import { Notice } from "@/components/notice";
import { Select } from "@/components/select";
import { TextInput } from "@/components/text-input";
import { useToast } from "@/components/toaster";
import { timezones } from "@/lib/guess";
import styles from "./settings.module.css";

/** Who one is, in which language and time zone one reads. */
export function PersonBlock() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const me = useMe();
  const [name, setName] = useState(me.name);
  const [timezone, setTimezone] = useState(me.timezone);
  const save = useMutation({
    mutationFn: updateProfile,
    onSuccess: (saved) => {
      client.setQueryData(sessionQuery.queryKey, saved);
      toast({ text: t("record.saved") });
    },
  });
  const zones = useMemo(
    () => [
      { value: "", label: t("settings.organisationZone", { zone: me.organisation.timezone }) },
      ...timezones(me.organisation.timezone).map((zone) => ({
        value: zone,
        label: zone.replaceAll("_", " "),
      })),
    ],
    [t, me.organisation.timezone],
  );
  return (
    <section className={styles.block} aria-labelledby="person">
      <h2 id="person">{t("settings.person")}</h2>
      {save.isError && (
        <Notice tone="danger">
          <p>{faultText(save.error, t)}</p>
        </Notice>
      )}
      <FieldFrame label={t("settings.name")}>
        {(ids) => (
          <TextInput
            ids={ids}
            autoComplete="name"
            value={name}
            onChange={setName}
            testId="settings.name"
          />
        )}
      </FieldFrame>
      <p className={styles.fact}>{t("settings.signedInAs", { email: me.email })}</p>
      <div className={styles.language}>
        <span>{t("language.label")}</span>
        <LanguageSwitch />
      </div>
      <FieldFrame label={t("settings.timezone")}>
        {(ids) => (
          <Select
            ids={ids}
            value={timezone}
            choices={zones}
            onChange={(zone) => setTimezone(zone ?? "")}
            testId="settings.timezone"
          />
        )}
      </FieldFrame>
      <div className={styles.buttons}>
        <Button
          kind="primary"
          busy={save.isPending}
          disabled={name.trim() === ""}
          onClick={() => save.mutate({ name: name.trim(), timezone })}
          testId="settings.save"
        >
          {t("form.save")}
        </Button>
      </div>
    </section>
  );
}
