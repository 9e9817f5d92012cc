import { useTranslation } from "react-i18next";
import { languageNames, languages } from "@/i18n";
import { Segmented } from "./segmented";
import { useLanguage } from "./use-language";

/** Chooses the language; each is named in itself. */
export function LanguageSwitch() {
  const { t } = useTranslation();
  const [language, change] = useLanguage();
  return (
    <Segmented
      label={t("language.label")}
      value={language}
      choices={languages.map((value) => ({ value, label: languageNames[value] }))}
      onChange={(next) => void change(next)}
      testId="language"
    />
  );
}
