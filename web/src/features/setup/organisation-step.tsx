import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { FieldFrame } from "@/components/field-frame";
import { MonthSelect } from "@/components/month-select";
import { Select } from "@/components/select";
import { TextInput } from "@/components/text-input";
import { currencies, timezones } from "@/lib/guess";
import type { StepProps } from "./administrator-step";
import styles from "./setup.module.css";

/** Whose installation it is, and where it works. */
export function OrganisationStep({ answers, errors, change }: StepProps) {
  const { t, i18n } = useTranslation();
  const money = useMemo(() => {
    const names = new Intl.DisplayNames(i18n.language, { type: "currency" });
    return currencies().map((code) => ({ value: code, label: `${code} · ${names.of(code)}` }));
  }, [i18n.language]);
  const zones = useMemo(() => {
    return timezones(answers.timezone).map((zone) => ({
      value: zone,
      label: zone.replaceAll("_", " "),
    }));
  }, [answers.timezone]);
  return (
    <div className={styles.fields}>
      <FieldFrame label={t("setup.organisation.name")} error={errors.organisation} required>
        {(ids) => (
          <TextInput
            ids={ids}
            autoComplete="organization"
            value={answers.organisation}
            onChange={(organisation) => change({ organisation })}
            testId="setup.organisation"
          />
        )}
      </FieldFrame>
      <div className={styles.pair}>
        <FieldFrame label={t("settings.timezone")} error={errors.timezone}>
          {(ids) => (
            <Select
              ids={ids}
              value={answers.timezone}
              choices={zones}
              onChange={(timezone) => change({ timezone: timezone ?? "" })}
              testId="setup.timezone"
            />
          )}
        </FieldFrame>
        <FieldFrame label={t("setup.organisation.currency")} error={errors.currency}>
          {(ids) => (
            <Select
              ids={ids}
              value={answers.currency}
              choices={money}
              onChange={(currency) => change({ currency: currency ?? "" })}
              testId="setup.currency"
            />
          )}
        </FieldFrame>
        <FieldFrame label={t("setup.organisation.fiscalStart")} error={errors.fiscal_year_start}>
          {(ids) => (
            <MonthSelect
              ids={ids}
              value={answers.fiscal_year_start}
              onChange={(fiscal_year_start) => change({ fiscal_year_start })}
              testId="setup.fiscalStart"
            />
          )}
        </FieldFrame>
      </div>
    </div>
  );
}
