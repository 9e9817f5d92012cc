import { useTranslation } from "react-i18next";
import { Button, LinkButton } from "@/components/button";
import { Notice } from "@/components/notice";
import { useFormat } from "@/components/use-format";
import styles from "./import.module.css";
import type { StepProps } from "./mapping-step";
import { UndoImport } from "./undo-import";
import { useStepKeys } from "./use-step-keys";

/** The import has stopped: why, what it has written, and where one can go from here. */
export function FailedStep({ made, object, onMapping }: StepProps & { onMapping: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const canceled = made.fault?.code === "canceled";
  const written = made.counts.create + made.counts.update;
  useStepKeys({ back: written === 0 ? onMapping : undefined });
  return (
    <>
      <Notice
        tone={canceled ? "warning" : "danger"}
        title={canceled ? t("import.canceled") : t("import.failed")}
        testId="import.failed"
      >
        {!canceled && <p>{made.fault?.message ?? t("fault.unexpected")}</p>}
        <p>
          {written > 0
            ? t("import.stays", { count: written, n: format.number(written) })
            : t("import.nothingWritten")}
        </p>
      </Notice>
      <footer className={styles.foot}>
        {written > 0 && <UndoImport made={made} />}
        <span className={styles.gap} />
        <LinkButton to={`/o/${object.name}/import`}>{t("import.another")}</LinkButton>
        {written === 0 && (
          <Button kind="primary" onClick={onMapping} testId="import.backToMapping">
            {t("import.backToMapping")}
          </Button>
        )}
      </footer>
    </>
  );
}
