/**
 * What others do, as it happens: one stream from the server, which tells of the objects and records
 * that are open and of one's notifications, in one's own rights.
 */
import { useEffect } from "react";
import { address } from "./client";
import type { UnreadCounts } from "./notifications";
import type { Values } from "./types";

/** A change of a record, by anybody. */
export interface LiveChange {
  readonly object: string;
  readonly record: string;
  readonly version: number;
  readonly by: string;
  readonly action: "create" | "update" | "delete" | "restore";
  readonly after: Values | null;
}

interface Hearing {
  readonly unread: (counts: UnreadCounts) => void;
  readonly change: (change: LiveChange) => void;
}

const shortPause = 2_000;
const longPause = 60_000;
const settling = 200;
/** After so many refusals in a row, what is open may not be watched: the notifications still may. */
const patience = 2;

const watched = new Map<symbol, readonly string[]>();
let reopen: (() => void) | undefined;

/** Has the changes of some objects be told of for as long as a page is open. */
export function useWatch(objects: readonly string[]): void {
  const names = [...objects].sort().join(",");
  useEffect(() => {
    const key = Symbol(names);
    watched.set(key, names.split(",").filter(Boolean));
    reopen?.();
    return () => {
      watched.delete(key);
      reopen?.();
    };
  }, [names]);
}

/**
 * Listens, again after each interruption and from where it was. A page that nobody looks at does not
 * listen: a browser has few connections to one server.
 */
export function listen(hearing: Hearing, interrupted: () => void): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pause = shortPause;
  let refusals = 0;
  let since = "";
  let open = "";
  const wanted = () => {
    const names = refusals < patience ? [...new Set([...watched.values()].flat())].sort() : [];
    return names.map((name) => `&object=${encodeURIComponent(name)}`).join("");
  };
  const end = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
    open = "";
  };
  const heard = (event: MessageEvent<string>) => {
    since = event.lastEventId || since;
    pause = shortPause;
    refusals = 0;
    return JSON.parse(event.data);
  };
  const begin = () => {
    if (document.visibilityState === "hidden" || typeof EventSource === "undefined") return end();
    const objects = wanted();
    if (source && open === objects) return;
    end();
    open = objects;
    const from = since && `&since=${encodeURIComponent(since)}`;
    source = new EventSource(`${address("/events")}?notifications=true${objects}${from}`);
    source.addEventListener("notification", (event) => hearing.unread(heard(event)));
    source.addEventListener("change", (event) => hearing.change(heard(event)));
    source.addEventListener("error", () => {
      interrupted();
      if (source?.readyState !== EventSource.CLOSED) return;
      end();
      refusals += 1;
      since = "";
      timer = setTimeout(begin, pause);
      pause = Math.min(2 * pause, longPause);
    });
  };
  const later = () => {
    clearTimeout(timer);
    refusals = 0;
    timer = setTimeout(begin, settling);
  };
  reopen = later;
  begin();
  document.addEventListener("visibilitychange", begin);
  return () => {
    reopen = undefined;
    document.removeEventListener("visibilitychange", begin);
    end();
  };
}
