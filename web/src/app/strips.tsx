import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useOutbox } from "@/api/outbox";
import { Button } from "@/components/button";
import { Icon, type IconName } from "@/components/icon";
import { useFormat } from "@/components/use-format";
import { useReach } from "@/lib/reach";
import styles from "./shell.module.css";
import { useUpdate } from "./use-update";

/** What holds for every page, only while it does: no server in reach, writes that wait, a new version. */
export function Strips() {
  const { t } = useTranslation();
  const format = useFormat();
  const { offline, asOf } = useReach();
  const outbox = useOutbox();
  const update = useUpdate();
  const refused = outbox.filter(({ problem }) => problem).length;
  const unsent = outbox.length - refused;
  return (
    <div role="status" className={styles.strips}>
      {offline && (
        <Strip icon="warning" testId="offline">
          <span>{asOf ? t("offline.asOf", { at: format.ago(asOf) }) : t("offline.now")}</span>
          {outbox.length === 0 && <span>{t("offline.canSave")}</span>}
        </Strip>
      )}
      {outbox.length > 0 && (
        <Strip icon={refused > 0 ? "warning" : "upload"} testId="outbox.strip">
          {unsent > 0 && <span>{t("outbox.waits", { count: unsent })}</span>}
          {refused > 0 && <span>{t("outbox.refused", { count: refused })}</span>}
          <Link to="/outbox" className={styles.stripLink}>
            {t("outbox.see")}
          </Link>
        </Strip>
      )}
      {update && (
        <Strip icon="refresh" testId="update">
          <span>{t("update.ready")}</span>
          <Button onClick={update} testId="update.reload">
            {t("update.reload")}
          </Button>
        </Strip>
      )}
    </div>
  );
}

interface StripProps {
  readonly icon: IconName;
  readonly testId: string;
  readonly children: ReactNode;
}

function Strip({ icon, testId, children }: StripProps) {
  return (
    <div className={styles.strip} data-testid={testId}>
      <Icon name={icon} />
      <div className={styles.stripText}>{children}</div>
    </div>
  );
}
