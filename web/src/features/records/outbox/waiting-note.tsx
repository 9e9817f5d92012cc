import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Waiting } from "@/api/outbox";
import { Icon } from "@/components/icon";
import styles from "./outbox.module.css";

/** That something of what is shown here waits to be sent, or was refused. */
export function WaitingNote({ waiting }: { waiting: readonly Waiting[] }) {
  const { t } = useTranslation();
  if (waiting.length === 0) return null;
  const refused = waiting.filter(({ problem }) => problem).length;
  const unsent = waiting.length - refused;
  return (
    <p className={styles.waiting} data-testid="outbox.note">
      <Icon name={refused > 0 ? "warning" : "upload"} />
      {unsent > 0 && <span>{t("outbox.waits", { count: unsent })}</span>}
      {refused > 0 && <span>{t("outbox.refused", { count: refused })}</span>}
      <Link to="/outbox">{t("outbox.see")}</Link>
    </p>
  );
}
