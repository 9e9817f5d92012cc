import { type KeyboardEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { pluralOf, useCatalog } from "@/api/meta";
import type { Notification, NotificationGroup } from "@/api/notifications";
import { Button, IconButton } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { FaultView } from "@/components/fault-view";
import { Icon, isIconName } from "@/components/icon";
import { Skeleton } from "@/components/skeleton";
import { useFormat } from "@/components/use-format";
import { isShortcut } from "@/lib/submit-key";
import { detail, headline, type Wording } from "./notification-text";
import styles from "./notifications.module.css";
import type { Told, useNotifications } from "./use-notifications";

interface NotificationListProps {
  readonly group: NotificationGroup;
  readonly unread: boolean;
  readonly news: ReturnType<typeof useNotifications>;
  /** Hears that a record is opened. */
  readonly onLeave?: () => void;
}

/** Notifications by record. J and K go from one to the next, E reads one, U keeps it as not read. */
export function NotificationList(props: NotificationListProps) {
  const { group, unread, news } = props;
  const { t } = useTranslation();
  const list = useRef<HTMLOListElement>(null);
  const wording: Wording = {
    t,
    catalog: useCatalog(),
    format: useFormat(),
    included: news.included,
  };
  const { query, told } = news;
  if (query.isPending) return <Skeleton lines={5} />;
  if (query.isError) {
    return <FaultView error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (told.length === 0) {
    const empty = unread ? "read" : "none";
    return (
      <EmptyState
        icon={unread ? "check" : "bell"}
        title={t(`notifications.empty.${empty}`)}
        testId={`notifications.empty.${empty}`}
      >
        <p>{t(`notifications.empty.${group}`)}</p>
      </EmptyState>
    );
  }
  const press = (event: KeyboardEvent) => {
    const rows = Array.from(list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? []);
    const row = rows.findIndex((one) => one.contains(document.activeElement));
    const one = told.flatMap((of) => of.all).find(({ id }) => id === rows[row]?.dataset.row);
    const go = (to: number) => rows[to]?.querySelector<HTMLElement>("a, button")?.focus();
    const { nativeEvent } = event;
    if (isShortcut(nativeEvent, "j")) go(row + 1);
    else if (isShortcut(nativeEvent, "k")) go(row - 1);
    else if (one && isShortcut(nativeEvent, "e")) void news.mark(one, true);
    else if (one && isShortcut(nativeEvent, "u")) void news.mark(one, false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <ol ref={list} className={styles.list} onKeyDown={press} data-testid="notifications.list">
        {told.map((of) => (
          <li key={of.key} className={styles.record}>
            {of.first.gone ? <Gone /> : <About told={of} wording={wording} />}
            <ol className={styles.rows}>
              {of.all.map((one) => (
                <Row
                  key={one.id}
                  one={one}
                  wording={wording}
                  onMark={(read) => void news.mark(one, read)}
                  {...(props.onLeave && { onLeave: props.onLeave })}
                />
              ))}
            </ol>
          </li>
        ))}
      </ol>
      {query.hasNextPage && (
        <div className={styles.older}>
          <Button
            kind="quiet"
            busy={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
            testId="notifications.older"
          >
            {t("notifications.older")}
          </Button>
        </div>
      )}
    </>
  );
}

/** The record that some notifications are about. */
function About({ told, wording }: { told: Told; wording: Wording }) {
  const object = wording.catalog.object(told.first.object ?? "");
  return (
    <p className={styles.about}>
      <Icon name={isIconName(object?.icon) ? object.icon : "file"} />
      <span className={styles.name}>{told.first.display ?? (object && pluralOf(object))}</span>
      {told.first.display !== null && <span className={styles.object}>{object?.title}</span>}
    </p>
  );
}

/** Where a notification leads: to its record, or to the list of its records. */
function addressOf({ object, record, filter }: Notification): string {
  if (filter === null) return `/o/${object}/${record}`;
  return `/o/${object}?${new URLSearchParams({ where: filter })}`;
}

function Gone() {
  const { t } = useTranslation();
  return (
    <p className={styles.about} data-gone>
      <Icon name="lock" />
      <span>{t("notifications.gone")}</span>
    </p>
  );
}

interface RowProps {
  readonly one: Notification;
  readonly wording: Wording;
  readonly onMark: (read: boolean) => void;
  readonly onLeave?: () => void;
}

function Row({ one, wording, onMark, onLeave }: RowProps) {
  const { t, format } = wording;
  const read = one.read_at !== null;
  const more = detail(one, wording);
  const words = (
    <>
      <span className={styles.headline}>
        {!read && <span className="unseen">{t("notifications.isNew")} </span>}
        {one.gone ? t("notifications.goneText") : headline(one, wording)}
      </span>
      {more && <span className={styles.detail}>{more}</span>}
      <time className={styles.time} dateTime={one.at} title={format.instant(one.at)}>
        {format.ago(one.at)}
      </time>
    </>
  );
  const open = () => {
    if (!read) onMark(true);
    onLeave?.();
  };
  return (
    <li
      className={styles.row}
      data-row={one.id}
      data-read={read}
      data-gone={one.gone}
      data-testid="notification"
    >
      {one.gone ? (
        <span className={styles.words}>{words}</span>
      ) : (
        <Link className={styles.words} to={addressOf(one)} onClick={open}>
          {words}
        </Link>
      )}
      <IconButton
        icon={read ? "mail" : "check"}
        small
        label={read ? t("notifications.unread") : t("notifications.read")}
        onClick={() => onMark(!read)}
        testId="notification.mark"
      />
    </li>
  );
}
