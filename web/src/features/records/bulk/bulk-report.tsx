import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import type { ProblemItem } from "@/api/types";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { ProgressBar } from "@/components/progress-bar";
import { useFormat } from "@/components/use-format";
import styles from "./bulk.module.css";
import type { Bulk } from "./use-bulk";
import type { BulkProgress } from "./work";

/** How far a change of many records has come, and what was blocked, with the reasons. */
export function BulkReport({ object, bulk }: { object: string; bulk: Bulk }) {
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
        <Reasons object={object} blocked={blocked} />
      </Notice>
    </div>
  );
}

interface ReasonsProps extends Pick<BulkProgress, "blocked"> {
  readonly object: string;
}

/** Why records are blocked, and how many for each reason. */
export function Reasons({ object, blocked }: ReasonsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const text = ({ pointer, message }: ProblemItem) => {
    const field = catalog.field(object, pointer.slice(1))?.title;
    return field ? t("form.faultOf", { field, message }) : message;
  };
  return (
    <ul>
      {[...blocked].map(([key, { times, items }]) => (
        <li key={key}>
          {t("bulk.reason", { n: format.number(times), reason: items.map(text).join(" ") })}
        </li>
      ))}
    </ul>
  );
}
