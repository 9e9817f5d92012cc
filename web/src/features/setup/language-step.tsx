import { useTranslation } from "react-i18next";
import { RadioCard, RadioCards } from "@/components/radio-cards";
import { useLanguage } from "@/components/use-language";
import { languageNames, languages } from "@/i18n";

/** The language comes before any other text. */
export function LanguageStep() {
  const { t } = useTranslation();
  const [language, change] = useLanguage();
  return (
    <RadioCards label={t("language.label")}>
      {languages.map((value) => (
        <RadioCard
          key={value}
          name="language"
          checked={language === value}
          onChoose={() => void change(value)}
          title={languageNames[value]}
          lang={value}
          testId={`setup.language.${value}`}
        />
      ))}
    </RadioCards>
  );
}
