import { useTranslation } from "react-i18next";
import { Button, IconButton } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import styles from "./calendar.module.css";
import { EntryChip, type EntrySetting } from "./entry-chip";
import type { Entry } from "./model";
import type { useUndated } from "./use-calendar";

interface UndatedProps {
  readonly setting: EntrySetting;
  readonly entries: readonly Entry[];
  readonly found: ReturnType<typeof useUndated>;
  readonly onClose: () => void;
}

/** What has no day yet, beside the days that it can be put on. */
export function Undated({ setting, entries, found, onClose }: UndatedProps) {
  const { t } = useTranslation();
  return (
    <section className={styles.undated} aria-labelledby="undated" data-testid="calendar.waiting">
      <div className={styles.undatedHead}>
        <h3 id="undated">{t("calendar.waiting")}</h3>
        <IconButton icon="close" small label={t("action.close")} onClick={onClose} />
      </div>
      {found.isError && <p className={styles.quiet}>{faultText(found.error, t)}</p>}
      {found.isPending && <Skeleton lines={4} />}
      {found.data && entries.length === 0 && (
        <p className={styles.quiet}>{t("calendar.allDated")}</p>
      )}
      <ul className={styles.lines}>
        {entries.map((entry) => (
          <EntryChip
            key={entry.row.record.id}
            setting={setting}
            entry={entry}
            day=""
            full
            reachable
          />
        ))}
      </ul>
      {found.hasNextPage && (
        <Button
          kind="quiet"
          wide
          busy={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {t("calendar.nextUndated")}
        </Button>
      )}
    </section>
  );
}
