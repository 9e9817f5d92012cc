import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/keys";
import {
  markNotification,
  type Notification,
  type NotificationGroup,
  notificationsQuery,
  readAll,
} from "@/api/notifications";
import type { Included } from "@/api/types";
import { faultText } from "@/components/fault-view";
import { useToast } from "@/components/toaster";

/** What was told about one record, the newest first. */
export interface Told {
  readonly key: string;
  readonly first: Notification;
  readonly all: Notification[];
}

/** The notifications of a group, by the records they are about, and what can be done with them. */
export function useNotifications(group: NotificationGroup, unread: boolean) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const query = useInfiniteQuery(notificationsQuery(group, unread));
  const pages = query.data?.pages ?? [];
  const all = pages.flatMap((page) => page.data);
  const included: Included = Object.assign({}, ...pages.map((page) => page.included));
  const renew = () => client.invalidateQueries({ queryKey: keys.notifications });
  const attempt = async (act: () => Promise<unknown>) => {
    try {
      await act();
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
    await renew();
  };
  return {
    query,
    included,
    told: byRecord(all),
    total: pages[0]?.page.total ?? 0,
    mark: (one: Notification, read: boolean) => attempt(() => markNotification(one.id, read)),
    readAll: () => attempt(() => readAll(group, all[0]?.at ?? new Date().toISOString())),
  };
}

/** Puts what is about one record together, where the newest of it stands. */
export function byRecord(all: readonly Notification[]): readonly Told[] {
  const told = new Map<string, Told>();
  for (const one of all) {
    const key = one.gone ? one.id : `${one.object}/${one.record}`;
    const group = told.get(key);
    if (group) group.all.push(one);
    else told.set(key, { key, first: one, all: [one] });
  }
  return [...told.values()];
}
