import { useTranslation } from "react-i18next";
import { errorFileAddress, isMoving, reportAddress } from "@/api/imports";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { Icon } from "@/components/icon";
import { Notice } from "@/components/notice";
import { useFormat } from "@/components/use-format";
import { Counts } from "./counts";
import styles from "./import.module.css";
import type { StepProps } from "./mapping-step";
import { RowsToCheck } from "./rows-to-check";
import { Cancel, Progress } from "./run-step";
import { useStart } from "./use-import";
import { useStepKeys } from "./use-step-keys";

/** What an import would do: nothing has been written yet. */
export function CheckStep({ made, object, onMapping }: StepProps & { onMapping: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const run = useStart(made, "run");
  const plan = useStart(made, "plan");
  const { counts } = made;
  const wrong = counts.error + counts.conflict;
  const usable = counts.create + counts.update;
  const moving = isMoving(made.state);
  const next = made.outdated ? plan : run;
  const ready = !moving && !next.isPending && (made.outdated || usable > 0);
  useStepKeys({
    next: ready ? () => next.mutate() : undefined,
    back: moving ? undefined : onMapping,
  });
  if (moving) {
    return (
      <>
        <Progress made={made} label={t("import.planning")} />
        <Cancel made={made} text={t("import.cancelPlan")} note={t("import.notYet")} />
      </>
    );
  }
  const failure = run.error ?? plan.error;
  return (
    <>
      <Counts counts={counts} />
      {wrong > 0 && (
        <Notice
          tone="warning"
          testId="import.wrong"
          actions={
            <span className={styles.downloads}>
              <a className={styles.download} href={reportAddress(made.id)} download>
                <Icon name="download" />
                {t("import.report")}
              </a>
              <a className={styles.download} href={errorFileAddress(made.id)} download>
                <Icon name="download" />
                {t("import.errorFile")}
              </a>
            </span>
          }
        >
          <p>{t("import.wrong", { count: wrong, n: format.number(wrong) })}</p>
        </Notice>
      )}
      {wrong === 0 && usable === 0 && (
        <Notice tone="info" testId="import.nothing">
          <p>{t("import.nothing")}</p>
        </Notice>
      )}
      {failure && (
        <Notice tone="danger">
          <p>{faultText(failure, t)}</p>
        </Notice>
      )}
      <RowsToCheck made={made} object={object} />
      <footer className={styles.foot}>
        <p className={styles.note} role="status" data-testid="import.outdated">
          {made.outdated ? t("import.outdated") : t("import.notYet")}
        </p>
        <Button kind="quiet" onClick={onMapping} testId="import.back">
          {t("import.backToMapping")}
        </Button>
        {made.outdated ? (
          <Button
            kind="primary"
            icon="refresh"
            busy={plan.isPending}
            onClick={() => plan.mutate()}
            testId="import.again"
          >
            {t("import.again")}
          </Button>
        ) : (
          <Button
            kind="primary"
            busy={run.isPending}
            disabled={usable === 0}
            onClick={() => run.mutate()}
            testId="import.run"
          >
            {t("import.run", { count: usable, n: format.number(usable) })}
          </Button>
        )}
      </footer>
    </>
  );
}
