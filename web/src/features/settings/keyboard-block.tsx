import { useTranslation } from "react-i18next";
import { Segmented } from "@/components/segmented";
import { useKept } from "@/lib/kept";
import { shortcutsKept } from "@/lib/submit-key";
import styles from "./settings.module.css";

const choices = ["on", "off"] as const;

/** Whether single letters are shortcuts, for those who speak to their computer or press by mistake. */
export function KeyboardBlock() {
  const { t } = useTranslation();
  const [shortcuts, choose] = useKept(shortcutsKept, choices, "on");
  return (
    <section className={styles.block} aria-labelledby="keyboard">
      <h2 id="keyboard">{t("keyboard.title")}</h2>
      <div className={styles.language}>
        <span>{t("keyboard.single")}</span>
        <Segmented
          label={t("keyboard.single")}
          value={shortcuts}
          choices={choices.map((value) => ({ value, label: t(`keyboard.choice.${value}`) }))}
          onChange={choose}
          testId="settings.shortcuts"
        />
      </div>
    </section>
  );
}
