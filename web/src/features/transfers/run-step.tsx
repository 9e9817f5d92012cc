import { useTranslation } from "react-i18next";
import type { Import } from "@/api/imports";
import { ProgressBar } from "@/components/progress-bar";
import { useFormat } from "@/components/use-format";
import styles from "./import.module.css";
import type { StepProps } from "./mapping-step";

/** The import at work; it goes on when this page is closed. */
export function RunStep({ made }: StepProps) {
  const { t } = useTranslation();
  return <Progress made={made} label={t("import.running")} />;
}

/** How far the server has come with an import. */
export function Progress({ made, label }: { made: Import; label: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { done, total } = made.progress;
  const text = t("progress", { done: format.number(done), total: format.number(total) });
  return (
    <div className={styles.progress} data-testid="import.progress">
      <p className={styles.progressHead}>
        <span>{label}</span>
        {total > 0 && <span className={styles.figures}>{text}</span>}
      </p>
      <ProgressBar label={label} done={done} total={total} text={text} />
      <p className={styles.note}>{t("import.goesOn")}</p>
    </div>
  );
}
