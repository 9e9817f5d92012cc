import { useTranslation } from "react-i18next";
import { Icon } from "./icon";
import styles from "./steps.module.css";

/** Where one is in a sequence; said in words as well: step 2 of 4. */
export function Steps({ titles, current }: { titles: readonly string[]; current: number }) {
  const { t } = useTranslation();
  return (
    <div className={styles.frame}>
      <p className="unseen" role="status">
        {t("steps.where", {
          step: current + 1,
          total: titles.length,
          title: titles[current] ?? "",
        })}
      </p>
      <ol className={styles.steps}>
        {titles.map((title, index) => (
          <li
            key={title}
            className={styles.step}
            data-state={index < current ? "done" : index === current ? "current" : "coming"}
            aria-current={index === current ? "step" : undefined}
          >
            <span className={styles.number} aria-hidden="true">
              {index < current ? <Icon name="check" /> : index + 1}
            </span>
            <span className={styles.title}>{title}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
