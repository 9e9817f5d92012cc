import { useTranslation } from "react-i18next";
import type { SetupOffer, Texts } from "@/api/types";
import { Checkbox } from "@/components/checkbox";
import { RadioCard, RadioCards } from "@/components/radio-cards";
import { Tag } from "@/components/tag";
import { useLanguage } from "@/components/use-language";
import type { StepProps } from "./administrator-step";
import styles from "./setup.module.css";

/** What is there on the first day: templates, which work alone and together, or nothing yet. */
export function StartStep({ answers, change, offer }: StepProps & { offer: SetupOffer }) {
  const { t } = useTranslation();
  const [language] = useLanguage();
  const inLanguage = (texts: Texts) => texts[language] ?? texts.en ?? texts["zh-CN"] ?? "";
  const { templates } = answers;
  const toggle = (name: string) =>
    change({
      templates: templates.includes(name)
        ? templates.filter((one) => one !== name)
        : [...templates, name],
    });
  return (
    <>
      <RadioCards label={t("setup.start.title")}>
        {offer.templates.map((template) => (
          <RadioCard
            key={template.name}
            name="template"
            many
            checked={templates.includes(template.name)}
            onChoose={() => toggle(template.name)}
            title={inLanguage(template.title)}
            testId={`setup.template.${template.name}`}
          >
            {inLanguage(template.description)}
            <span className={styles.facts}>
              <Tag hue="blue">{t("setup.start.objects", { count: template.objects })}</Tag>
            </span>
          </RadioCard>
        ))}
        <RadioCard
          name="template"
          many
          checked={templates.length === 0}
          onChoose={() => change({ templates: [] })}
          title={t("setup.start.blank")}
          testId="setup.template.blank"
        >
          {t("setup.start.blankText")}
        </RadioCard>
      </RadioCards>
      <Checkbox
        checked={answers.samples && templates.length > 0}
        disabled={templates.length === 0}
        onChange={(samples) => change({ samples })}
        testId="setup.samples"
      >
        {t("setup.start.samples")}
      </Checkbox>
    </>
  );
}
