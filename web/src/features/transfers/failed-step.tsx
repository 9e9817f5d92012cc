import { useTranslation } from "react-i18next";
import { Button, LinkButton } from "@/components/button";
import { Notice } from "@/components/notice";
import styles from "./import.module.css";
import type { StepProps } from "./mapping-step";

/** The import has stopped: why, and where one can go from here. */
export function FailedStep({ made, object, onMapping }: StepProps & { onMapping: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Notice tone="danger" title={t("import.failed")} testId="import.failed">
        <p>{made.fault?.message ?? t("fault.unexpected")}</p>
      </Notice>
      <footer className={styles.foot}>
        <span className={styles.gap} />
        <LinkButton to={`/o/${object.name}/import`}>{t("import.another")}</LinkButton>
        <Button kind="primary" onClick={onMapping}>
          {t("import.backToMapping")}
        </Button>
      </footer>
    </>
  );
}
