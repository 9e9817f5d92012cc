import { useTranslation } from "react-i18next";
import { chosenDensities, themes, usePreferences } from "@/components/preferences";
import { Segmented } from "@/components/segmented";
import styles from "./settings.module.css";

/** How pages look on this device. */
export function LookBlock() {
  const { t } = useTranslation();
  const look = usePreferences();
  return (
    <section className={styles.block} aria-labelledby="look">
      <h2 id="look">{t("settings.look")}</h2>
      <div className={styles.language}>
        <span>{t("settings.theme")}</span>
        <Segmented
          label={t("settings.theme")}
          value={look.theme}
          choices={themes.map((value) => ({ value, label: t(`theme.${value}`) }))}
          onChange={look.chooseTheme}
          testId="settings.theme"
        />
      </div>
      <div className={styles.language}>
        <span>{t("list.density")}</span>
        <Segmented
          label={t("list.density")}
          value={look.density}
          choices={chosenDensities.map((value) => ({ value, label: t(`density.${value}`) }))}
          onChange={look.chooseDensity}
          testId="settings.density"
        />
      </div>
    </section>
  );
}
