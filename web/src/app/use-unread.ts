import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { keys } from "@/api/keys";
import { listenForUnread, type UnreadCounts, unreadQuery } from "@/api/notifications";

const shortPause = 2_000;
const longPause = 60_000;

/**
 * How many notifications are not read, told by the server as it changes. A page that nobody looks
 * at does not listen: a browser has few connections to one server.
 */
export function useUnread(): UnreadCounts | undefined {
  const client = useQueryClient();
  const counts = useQuery(unreadQuery).data;
  useEffect(() => {
    let stop: (() => void) | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let pause = shortPause;
    const tell = (next: UnreadCounts) => {
      pause = shortPause;
      const before = client.getQueryData(unreadQuery.queryKey);
      client.setQueryData(unreadQuery.queryKey, next);
      if (before && before.me === next.me && before.watching === next.watching) return;
      void client.invalidateQueries({ queryKey: keys.notifications, predicate: isList });
    };
    const end = () => {
      clearTimeout(timer);
      stop?.();
      stop = undefined;
    };
    const begin = () => {
      end();
      if (document.visibilityState === "hidden" || typeof EventSource === "undefined") return;
      stop = listenForUnread(tell, () => {
        timer = setTimeout(begin, pause);
        pause = Math.min(2 * pause, longPause);
      });
    };
    begin();
    document.addEventListener("visibilitychange", begin);
    return () => {
      document.removeEventListener("visibilitychange", begin);
      end();
    };
  }, [client]);
  return counts;
}

function isList(query: { readonly queryKey: readonly unknown[] }): boolean {
  return query.queryKey[1] !== keys.unread[1];
}
