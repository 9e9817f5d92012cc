import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Organisation } from "@/api/types";
import { FieldFrame } from "@/components/field-frame";
import { MonthSelect } from "@/components/month-select";
import { useFormat } from "@/components/use-format";
import { SavedBlock } from "./block";
import styles from "./organisation.module.css";

/** In which month the fiscal year begins. */
export function FiscalBlock({ settings }: { settings: Organisation }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [start, setStart] = useState(settings.fiscal_year_start);
  const year = new Date().getFullYear();
  const begin = `${start > 1 ? year - 1 : year}-${String(start).padStart(2, "0")}-01`;
  return (
    <SavedBlock subject="fiscal" settings={settings} patch={{ fiscal_year_start: start }}>
      {(wrong) => (
        <>
          <FieldFrame
            label={t("organisation.fiscal.start")}
            help={t("organisation.fiscal.startHelp")}
            error={wrong("fiscal_year_start")}
          >
            {(ids) => (
              <MonthSelect ids={ids} value={start} onChange={setStart} testId="org.fiscalStart" />
            )}
          </FieldFrame>
          <p className={styles.help} role="status" data-testid="org.fiscalExample">
            {t("organisation.fiscal.example", { year, day: format.date(begin) })}
          </p>
        </>
      )}
    </SavedBlock>
  );
}
