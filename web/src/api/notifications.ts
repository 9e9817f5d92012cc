import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { request, requestData } from "./client";
import { firstPage, keys } from "./keys";
import type { Change, Included } from "./types";

/** What is for a person, and what a person only watches. */
export const notificationGroups = ["me", "watching"] as const;

/** One of them. */
export type NotificationGroup = (typeof notificationGroups)[number];

/** Why somebody is told. */
export type NotificationReason =
  | "mentioned"
  | "assigned"
  | "reminded"
  | "commented"
  | "changed"
  | "imported"
  | "handed_over";

/** Something that the caller was told; of what is gone, only that it was. */
export interface Notification {
  readonly id: string;
  readonly reason: NotificationReason;
  readonly group: NotificationGroup;
  readonly at: string;
  readonly read_at: string | null;
  readonly gone: boolean;
  readonly by: string | null;
  /** For whom the reader stands in. */
  readonly for: string | null;
  readonly object: string | null;
  readonly record: string | null;
  readonly display: string | null;
  /** Of many records at once: how many the reader sees, and the filter that finds them. */
  readonly count: number | null;
  readonly filter: string | null;
  readonly comment: { readonly text: string } | null;
  readonly change: Change | null;
}

/** How many of each group are not read. */
export type UnreadCounts = Readonly<Record<NotificationGroup, number>>;

interface NotificationPage {
  readonly data: readonly Notification[];
  readonly page: { readonly next: string | null; readonly total: number };
  readonly unread: UnreadCounts;
  readonly included: Included;
}

/** The notifications of a group, newest first. */
export function notificationsQuery(group: NotificationGroup, unread: boolean) {
  return infiniteQueryOptions({
    queryKey: keys.notificationList(group, unread),
    queryFn: ({ pageParam, signal }) =>
      request<NotificationPage>("GET", "/notifications", {
        query: { group, unread: String(unread), cursor: pageParam, limit: 30 },
        signal,
      }),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.page.next ?? undefined,
  });
}

/** How many notifications are not read. */
export const unreadQuery = queryOptions({
  queryKey: keys.unread,
  queryFn: async ({ signal }) =>
    (await request<NotificationPage>("GET", "/notifications", { query: { limit: 1 }, signal }))
      .unread,
  staleTime: Number.POSITIVE_INFINITY,
});

/** Reads a notification, or keeps it as not read. */
export function markNotification(id: string, read: boolean): Promise<void> {
  return request<void>("POST", `/notifications/${id}/${read ? "read" : "unread"}`, { body: {} });
}

/** Reads all notifications of a group that are not newer than a moment. */
export function readAll(group: NotificationGroup, until: string): Promise<{ read: number }> {
  return requestData("POST", "/notifications/_read", { body: { all: true, group, until } });
}

const followPath = (object: string, id: string) => `/records/${object}/${id}/follow`;

/** Whether the caller follows a record. */
export function followQuery(object: string, id: string) {
  return queryOptions({
    queryKey: keys.follow(object, id),
    queryFn: async ({ signal }) =>
      (await requestData<{ following: boolean }>("GET", followPath(object, id), { signal }))
        .following,
    staleTime: 60_000,
  });
}

/** Follows a record, or follows it no more. */
export function setFollow(object: string, id: string, follow: boolean): Promise<void> {
  return request<void>(follow ? "PUT" : "DELETE", followPath(object, id), { body: {} });
}
