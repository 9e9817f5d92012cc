import { useTranslation } from "react-i18next";
import type { Import } from "@/api/imports";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { ProgressBar } from "@/components/progress-bar";
import { useFormat } from "@/components/use-format";
import styles from "./import.module.css";
import type { StepProps } from "./mapping-step";
import { useStart } from "./use-import";

/** The import at work; it goes on when this page is closed. */
export function RunStep({ made }: StepProps) {
  const { t } = useTranslation();
  return (
    <>
      <Progress made={made} label={t("import.running")} />
      <Cancel made={made} text={t("import.cancelRun")} note={t("import.cancelRunText")} />
    </>
  );
}

interface CancelProps {
  readonly made: Import;
  readonly text: string;
  readonly note: string;
}

/** Ends what the server is doing, and says beforehand what then is. */
export function Cancel({ made, text, note }: CancelProps) {
  const { t } = useTranslation();
  const cancel = useStart(made, "cancel");
  return (
    <div className={styles.cancel}>
      <Button busy={cancel.isPending} onClick={() => cancel.mutate()} testId="import.cancel">
        {text}
      </Button>
      <p className={styles.note}>{note}</p>
      {cancel.isError && (
        <Notice tone="danger">
          <p>{faultText(cancel.error, t)}</p>
        </Notice>
      )}
    </div>
  );
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
