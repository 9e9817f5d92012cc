import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type NotificationGroup, notificationGroups } from "@/api/notifications";
import { Button } from "@/components/button";
import { Segmented } from "@/components/segmented";
import { NotificationList } from "./notification-list";
import styles from "./notifications.module.css";
import { useNotifications } from "./use-notifications";

/** What is not read yet, below the bell. */
export default function NotificationPanel({ onLeave }: { onLeave: () => void }) {
  const { t } = useTranslation();
  const [group, setGroup] = useState<NotificationGroup>("me");
  const news = useNotifications(group, true);
  return (
    <>
      <div className={styles.panelHead}>
        <Segmented
          label={t("notifications.title")}
          value={group}
          choices={notificationGroups.map((value) => ({
            value,
            label: t(`notifications.group.${value}`),
          }))}
          onChange={setGroup}
          testId="notifications.group"
        />
        <Button
          kind="quiet"
          disabled={news.total === 0}
          onClick={() => void news.readAll()}
          testId="notifications.readAll"
        >
          {t("notifications.readAll")}
        </Button>
      </div>
      <div className={styles.panelBody}>
        <NotificationList group={group} unread news={news} onLeave={onLeave} />
      </div>
      <Link to="/notifications" className={styles.panelFoot} onClick={onLeave}>
        {t("notifications.all")}
      </Link>
    </>
  );
}
