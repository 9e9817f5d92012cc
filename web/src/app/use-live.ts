import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { keys } from "@/api/keys";
import { type LiveChange, listen } from "@/api/live";
import { type UnreadCounts, unreadQuery } from "@/api/notifications";
import { flash } from "@/lib/flash";
import { knock } from "./use-outbox-sending";

const shortRest = 400;
const longRest = 12_000;

/**
 * Keeps the pages true while others work: what they change is asked for again, together with all that
 * came in a moment, and ever less often while it keeps coming. Gives how many records on the page have
 * just changed, to be said aloud.
 */
export function useLive(): number {
  const client = useQueryClient();
  const [news, setNews] = useState(0);
  useEffect(() => {
    let rest = shortRest;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gathered: LiveChange[] = [];
    const flush = async () => {
      const changes = gathered.filter((change) => !isKnown(client, change));
      gathered = [];
      timer = undefined;
      rest = Math.min(3 * rest, longRest);
      if (changes.length === 0) return;
      const objects = new Set(changes.map(({ object }) => object));
      await client.invalidateQueries({
        queryKey: keys.allRecords,
        predicate: ({ queryKey }) =>
          objects.has(String(queryKey[1])) || queryKey.includes("timeline"),
      });
      // What has just been fetched is drawn first.
      requestAnimationFrame(() => setNews(shown(changes)));
    };
    const change = (one: LiveChange) => {
      gathered.push(one);
      timer ??= setTimeout(() => void flush(), rest);
    };
    const calm = setInterval(() => {
      if (timer === undefined) rest = shortRest;
    }, longRest);
    const stop = listen({ change, unread: (counts) => tellUnread(client, counts) }, () => {
      void knock();
    });
    return () => {
      stop();
      clearTimeout(timer);
      clearInterval(calm);
    };
  }, [client]);
  return news;
}

/** Lights the records that changed, and on their own pages the fields; tells how many are there. */
function shown(changes: readonly LiveChange[]): number {
  const fields = changes.flatMap(({ record, after }) =>
    Object.keys(after ?? {}).map((name) => `${record}.${name}`),
  );
  const count = new Set(changes.map(({ record }) => record)).values();
  const seen = [...count].filter((record) => flash([record])).length;
  flash(fields);
  return seen;
}

/** Whether a page has the record in this version already, as after one's own change. */
function isKnown(client: QueryClient, { object, record, version }: LiveChange): boolean {
  const found = client.getQueriesData({ queryKey: keys.records(object), type: "active" });
  return found.some(([, data]) => recordsIn(data).some((one) => has(one, record, version)));
}

/** The records of an answer: one, a page of them, or the rows of a day. */
function recordsIn(data: unknown): readonly unknown[] {
  if (typeof data !== "object" || data === null) return [];
  if ("rows" in data && Array.isArray(data.rows)) return data.rows.map((row) => row.record);
  const held = "data" in data ? data.data : data;
  return Array.isArray(held) ? held : [held];
}

function has(one: unknown, record: string, version: number): boolean {
  if (typeof one !== "object" || one === null || !("id" in one) || !("version" in one))
    return false;
  return one.id === record && Number(one.version) >= version;
}

function tellUnread(client: QueryClient, next: UnreadCounts): void {
  const before = client.getQueryData(unreadQuery.queryKey);
  client.setQueryData(unreadQuery.queryKey, next);
  if (before && before.me === next.me && before.watching === next.watching) return;
  void client.invalidateQueries({
    queryKey: keys.notifications,
    predicate: ({ queryKey }) => queryKey[1] !== keys.unread[1],
  });
}
