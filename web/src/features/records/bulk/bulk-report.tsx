import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { ProgressBar } from "@/components/progress-bar";
import { useFormat } from "@/components/use-format";
import styles from "./bulk.module.css";
import type { Bulk } from "./use-bulk";
import type { BulkProgress } from "./work";

/** How far a change of many records has come, and what was blocked, with the reasons. */
export function BulkReport({ bulk }: { bulk: Bulk }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { progress, running } = bulk;
  if (!progress) return null;
  const { done, total, changed, blocked } = progress;
  if (running) {
    const text = t("progress", { done: format.number(done), total: format.number(total) });
    return (
      <div className={styles.running} data-testid="bulk.progress">
        <ProgressBar label={t("bulk.running")} done={done} total={total} text={text} />
        <span>{text}</span>
        <Button kind="quiet" onClick={bulk.cancel} testId="bulk.cancel">
          {t("action.cancel")}
        </Button>
      </div>
    );
  }
  if (blocked.size === 0) return null;
  const count = done - changed;
  return (
    <div className={styles.report}>
      <Notice
        tone="warning"
        title={t("bulk.blocked", {
          count,
          n: format.number(count),
          changed: format.number(changed),
        })}
        testId="bulk.report"
        actions={
          <Button kind="quiet" onClick={bulk.close}>
            {t("action.close")}
          </Button>
        }
      >
        <Reasons blocked={blocked} />
      </Notice>
    </div>
  );
}

/** Why records are blocked, and how many for each reason. */
export function Reasons({ blocked }: Pick<BulkProgress, "blocked">) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul>
      {[...blocked].map(([reason, times]) => (
        <li key={reason}>{t("bulk.reason", { n: format.number(times), reason })}</li>
      ))}
    </ul>
  );
}
