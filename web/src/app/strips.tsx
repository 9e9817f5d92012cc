import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Icon } from "@/components/icon";
import { useFormat } from "@/components/use-format";
import { noteUnreached, useReach } from "@/lib/reach";
import styles from "./shell.module.css";
import { useUpdate } from "./use-update";

/** What holds for every page, only while it does: no server in reach, a new version ready. */
export function Strips() {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const { offline, asOf } = useReach();
  const update = useUpdate();
  useEffect(() => {
    const back = () => void client.invalidateQueries();
    const gone = () => noteUnreached();
    addEventListener("online", back);
    addEventListener("offline", gone);
    return () => {
      removeEventListener("online", back);
      removeEventListener("offline", gone);
    };
  }, [client]);
  return (
    <div role="status" className={styles.strips}>
      {offline && (
        <p className={styles.strip} data-testid="offline">
          <Icon name="warning" />
          <span>{asOf ? t("offline.asOf", { at: format.ago(asOf) }) : t("offline.now")}</span>
        </p>
      )}
      {update && (
        <p className={styles.strip} data-testid="update">
          <Icon name="refresh" />
          <span>{t("update.ready")}</span>
          <Button onClick={update} testId="update.reload">
            {t("update.reload")}
          </Button>
        </p>
      )}
    </div>
  );
}
