import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { auditActions } from "@/api/audit";
import { Button } from "@/components/button";
import { Select } from "@/components/select";
import styles from "./audit.module.css";

const DateInput = lazy(() => import("@/components/date-input"));

interface AuditFiltersProps {
  readonly action: string;
  /** Days, as 2026-11-21, both included. */
  readonly from: string;
  readonly to: string;
  /** The name of the person whose acts are shown; empty for everybody's. */
  readonly person: string;
  readonly file: string;
  readonly onChange: (name: string, value: string) => void;
}

/** Which entries are shown: what was done, by whom, when. */
export function AuditFilters({ action, from, to, person, file, onChange }: AuditFiltersProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.bar}>
      <div className={styles.choice}>
        <Select
          label={t("audit.action")}
          placeholder={t("audit.every")}
          value={action || null}
          choices={auditActions.map((value) => ({ value, label: t(`audit.actions.${value}`) }))}
          onChange={(value) => onChange("action", value ?? "")}
          testId="audit.action"
        />
      </div>
      <Suspense fallback={null}>
        <div className={styles.day}>
          <span aria-hidden="true">{t("audit.from")}</span>
          <DateInput
            label={t("audit.from")}
            value={from || null}
            onChange={(value) => onChange("from", value ?? "")}
            testId="audit.from"
          />
        </div>
        <div className={styles.day}>
          <span aria-hidden="true">{t("audit.to")}</span>
          <DateInput
            label={t("audit.to")}
            value={to || null}
            onChange={(value) => onChange("to", value ?? "")}
            testId="audit.to"
          />
        </div>
      </Suspense>
      {person && (
        <Button icon="close" onClick={() => onChange("actor", "")} testId="audit.person">
          {t("audit.only", { name: person })}
        </Button>
      )}
      <a className={styles.file} href={file} download data-testid="audit.file">
        {t("audit.file")}
      </a>
    </div>
  );
}
