import { useTranslation } from "react-i18next";
import { languageNames } from "@/i18n";
import { Segmented } from "./segmented";
import { useLanguage } from "./use-language";

/** Chooses the language, where there are several; each is named in itself. */
export function LanguageSwitch() {
  const { t } = useTranslation();
  const [language, change, offered] = useLanguage();
  if (offered.length < 2) return null;
  return (
    <Segmented
      label={t("language.label")}
      value={language}
      choices={offered.map((value) => ({ value, label: languageNames[value] }))}
      onChange={(next) => void change(next)}
      testId="language"
    />
  );
}
