import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Organisation } from "@/api/types";
import { Checkbox } from "@/components/checkbox";
import { FieldFrame } from "@/components/field-frame";
import { Select } from "@/components/select";
import { languageNames, languages, nearestLanguage } from "@/i18n";
import { SavedBlock } from "./block";
import styles from "./organisation.module.css";

/** In which languages people may work, and which one is for those who prefer none of them. */
export function LanguagesBlock({ settings }: { settings: Organisation }) {
  const { t } = useTranslation();
  const [offered, setOffered] = useState(settings.languages);
  const [locale, setLocale] = useState(settings.locale);
  const patch = { languages: offered, locale };
  return (
    <SavedBlock subject="languages" settings={settings} patch={patch}>
      {(wrong) => (
        <>
          <fieldset className={styles.ticks}>
            <legend>{t("organisation.languages.offered")}</legend>
            {languages.map((language) => {
              const ticked = offered.includes(language);
              const others = offered.filter((one) => one !== language);
              return (
                <Checkbox
                  key={language}
                  checked={ticked}
                  disabled={ticked && others.length === 0}
                  onChange={() => setOffered(ticked ? others : [...offered, language])}
                  testId={`org.languages.${language}`}
                >
                  {languageNames[language]}
                </Checkbox>
              );
            })}
            <p className={styles.help}>{t("organisation.languages.offeredHelp")}</p>
          </fieldset>
          <FieldFrame
            label={t("organisation.languages.default")}
            help={t("organisation.languages.defaultHelp")}
            error={wrong("locale") ?? wrong("languages")}
          >
            {(ids) => (
              <Select
                ids={ids}
                value={locale}
                choices={languages.map((value) => ({ value, label: languageNames[value] }))}
                onChange={(language) => setLocale(nearestLanguage([language]))}
                testId="org.locale"
              />
            )}
          </FieldFrame>
        </>
      )}
    </SavedBlock>
  );
}
