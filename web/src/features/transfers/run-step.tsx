import type { ReactNode } from "react";
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

/** The import at work, or paused; it goes on when this page is closed. */
export function RunStep({ made }: StepProps) {
  const { t } = useTranslation();
  const paused = made.state === "paused";
  const move = useStart(made, paused ? "resume" : "pause");
  return (
    <>
      <Progress made={made} label={paused ? t("import.paused") : t("import.running")} />
      <Cancel
        made={made}
        text={t("import.cancelRun")}
        note={t("import.cancelRunText")}
        error={move.error}
      >
        <Button
          kind={paused ? "primary" : "plain"}
          busy={move.isPending}
          onClick={() => move.mutate()}
          testId={paused ? "import.resume" : "import.pause"}
        >
          {paused ? t("import.resume") : t("import.pause")}
        </Button>
      </Cancel>
    </>
  );
}

interface CancelProps {
  readonly made: Import;
  readonly text: string;
  readonly note: string;
  /** What went wrong beside it. */
  readonly error?: Error | null;
  /** What else can be done. */
  readonly children?: ReactNode;
}

/** Ends what the server is doing, and says beforehand what then is. */
export function Cancel({ made, text, note, error, children }: CancelProps) {
  const { t } = useTranslation();
  const cancel = useStart(made, "cancel");
  const failure = cancel.error ?? error;
  return (
    <div className={styles.cancel}>
      {children}
      <Button busy={cancel.isPending} onClick={() => cancel.mutate()} testId="import.cancel">
        {text}
      </Button>
      <p className={styles.note}>{note}</p>
      {failure && (
        <Notice tone="danger">
          <p>{faultText(failure, t)}</p>
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
      <p className={styles.note}>
        {made.state === "paused" ? t("import.waits") : t("import.goesOn")}
      </p>
    </div>
  );
}
