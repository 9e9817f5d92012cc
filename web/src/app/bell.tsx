import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { unreadQuery } from "@/api/notifications";
import { IconButton } from "@/components/button";
import { Popover } from "@/components/popover";
import { Skeleton } from "@/components/skeleton";
import { usePhone } from "@/components/use-media";
import styles from "./shell.module.css";

const NotificationPanel = lazy(() => import("@/features/notifications/notification-panel"));

const most = 99;

/** How much news there is for this person; opens it. */
export function Bell() {
  const { t } = useTranslation();
  const phone = usePhone();
  const navigate = useNavigate();
  const count = useQuery(unreadQuery).data?.me ?? 0;
  const announced = useAnnounced(count);
  const label = count > 0 ? t("notifications.some", { count }) : t("notifications.title");
  const button = (open: boolean, act: () => void) => (
    <span className={styles.bell}>
      <IconButton icon="bell" label={label} expanded={open} onClick={act} testId="bell" />
      {count > 0 && (
        <span className={styles.badge} aria-hidden="true" data-testid="bell.count">
          {count > most ? `${most}+` : count}
        </span>
      )}
      <span className="unseen" role="status">
        {announced}
      </span>
    </span>
  );
  if (phone) return button(false, () => void navigate("/notifications"));
  return (
    <Popover trigger={button} label={t("notifications.title")} testId="notifications.panel">
      {(close) => (
        <Suspense fallback={<Skeleton lines={4} />}>
          <NotificationPanel onLeave={close} />
        </Suspense>
      )}
    </Popover>
  );
}

/** What is said aloud when more has come, and only then. */
function useAnnounced(count: number): string {
  const { t } = useTranslation();
  const before = useRef(count);
  useEffect(() => {
    before.current = count;
  }, [count]);
  return count > before.current ? t("notifications.some", { count }) : "";
}
