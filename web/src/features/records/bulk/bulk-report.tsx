import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { ProgressBar } from "@/components/progress-bar";
import { useFormat } from "@/components/use-format";
import styles from "./bulk.module.css";
import type { Bulk } from "./use-bulk";

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
  const count = [...blocked.values()].reduce((sum, one) => sum + one, 0);
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
        <ul>
          {[...blocked].map(([reason, times]) => (
            <li key={reason}>{t("bulk.reason", { n: format.number(times), reason })}</li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}
