import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { notificationGroups, unreadQuery } from "@/api/notifications";
import { Button } from "@/components/button";
import { Segmented } from "@/components/segmented";
import { Tabs } from "@/components/tabs";
import { useTitle } from "@/components/use-title";
import { NotificationList } from "./notification-list";
import styles from "./notifications.module.css";
import { useNotifications } from "./use-notifications";

const shows = ["unread", "all"] as const;

/** Everything this person was told: what is for oneself, and what one watches. */
export default function NotificationsPage() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const group = notificationGroups.find((one) => one === params.get("group")) ?? "me";
  const show = shows.find((one) => one === params.get("show")) ?? "unread";
  const counts = useQuery(unreadQuery).data;
  const news = useNotifications(group, show === "unread");
  useTitle(t("notifications.title"));
  const address = (name: string, value: string) => {
    const next = new URLSearchParams(params);
    next.set(name, value);
    return next;
  };
  const tabs = notificationGroups.map((one) => ({
    key: one,
    label: counts?.[one]
      ? t("notifications.counted", { group: t(`notifications.group.${one}`), count: counts[one] })
      : t(`notifications.group.${one}`),
    to: `/notifications?${address("group", one)}`,
    current: one === group,
  }));
  return (
    <div className={styles.page} data-testid="notifications">
      <header className={styles.header}>
        <h1>{t("notifications.title")}</h1>
        <Tabs label={t("notifications.title")} tabs={tabs} />
      </header>
      <div className={styles.tools}>
        <Segmented
          label={t("notifications.show")}
          value={show}
          choices={shows.map((value) => ({ value, label: t(`notifications.shows.${value}`) }))}
          onChange={(next) => setParams(address("show", next), { replace: true })}
          testId="notifications.show"
        />
        <Button
          kind="quiet"
          icon="check"
          disabled={!counts?.[group]}
          onClick={() => void news.readAll()}
          testId="notifications.readAll"
        >
          {t("notifications.readAll")}
        </Button>
      </div>
      <NotificationList group={group} unread={show === "unread"} news={news} />
    </div>
  );
}
