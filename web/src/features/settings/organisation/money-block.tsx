import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useCatalog } from "@/api/meta";
import type { Organisation } from "@/api/types";
import { FieldFrame } from "@/components/field-frame";
import { MultiSelect, Select } from "@/components/select";
import { currencies } from "@/lib/guess";
import { SavedBlock } from "./block";

/** In which currency amounts are compared, and which ones may be chosen. */
export function MoneyBlock({ settings }: { settings: Organisation }) {
  const { t, i18n } = useTranslation();
  const rates = useCatalog().object("exchange_rate");
  const [currency, setCurrency] = useState(settings.currency);
  const [used, setUsed] = useState(settings.currencies);
  const choices = useMemo(() => {
    const names = new Intl.DisplayNames(i18n.language, { type: "currency" });
    return currencies().map((code) => ({ value: code, label: `${code} · ${names.of(code)}` }));
  }, [i18n.language]);
  const patch = { currency, currencies: used };
  return (
    <SavedBlock subject="money" settings={settings} patch={patch}>
      {(wrong) => (
        <>
          <FieldFrame
            label={t("organisation.money.own")}
            help={t("organisation.money.ownHelp")}
            error={wrong("currency")}
            required
          >
            {(ids) => (
              <Select
                ids={ids}
                value={currency}
                choices={choices}
                onChange={(code) => setCurrency(code ?? "")}
                testId="org.currency"
              />
            )}
          </FieldFrame>
          <FieldFrame
            label={t("organisation.money.used")}
            help={t("organisation.money.usedHelp")}
            error={wrong("currencies")}
          >
            {(ids) => (
              <MultiSelect
                ids={ids}
                value={used}
                choices={choices}
                clear
                placeholder={t("organisation.money.all")}
                onChange={setUsed}
                testId="org.currencies"
              />
            )}
          </FieldFrame>
          {rates && (
            <p>
              <Link to="/o/exchange_rate" data-testid="org.rates">
                {t("organisation.money.rates")}
              </Link>
            </p>
          )}
        </>
      )}
    </SavedBlock>
  );
}
