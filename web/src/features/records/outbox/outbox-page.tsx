import { useTranslation } from "react-i18next";
import { useOutbox } from "@/api/outbox";
import { EmptyState } from "@/components/empty-state";
import { useTitle } from "@/components/use-title";
import { useReach } from "@/lib/reach";
import styles from "./outbox.module.css";
import { OutboxItem } from "./outbox-item";

/** What one has written that the server has not: what waits to be sent, and what it refused. */
export default function OutboxPage() {
  const { t } = useTranslation();
  const outbox = useOutbox();
  const { offline } = useReach();
  useTitle(t("outbox.title"));
  return (
    <div className={styles.page} data-testid="outbox">
      <h1>{t("outbox.title")}</h1>
      {outbox.length === 0 ? (
        <EmptyState icon="check" title={t("outbox.empty")} testId="outbox.empty">
          <p>{t("outbox.emptyText")}</p>
        </EmptyState>
      ) : (
        <>
          <p className={styles.quiet}>{t(offline ? "outbox.offline" : "outbox.online")}</p>
          <ol className={styles.list}>
            {outbox.map((one) => (
              <OutboxItem key={one.id} waiting={one} />
            ))}
          </ol>
        </>
      )}
    </div>
  );
}
