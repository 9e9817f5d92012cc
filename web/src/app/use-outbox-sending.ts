import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { request } from "@/api/client";
import { keys } from "@/api/keys";
import { listenForWaiting, outboxQuery, ownOutbox, sendWaiting, useOutbox } from "@/api/outbox";
import { useMe } from "@/api/session";
import { noteUnreached, useReach } from "@/lib/reach";

const triedEvery = 10_000;

/** Looks whether the server is there; the answer, or that there is none, is noted by the client. */
export const knock = () => request("GET", "/session", { stranger: true }).catch(() => undefined);

/**
 * Sends what waits as soon as the server is in reach, and then has the pages ask again; while it is
 * not, looks for it now and then.
 */
export function useOutboxSending(): void {
  const client = useQueryClient();
  const { id } = useMe();
  const { offline } = useReach();
  const waiting = useOutbox();
  const unsent = waiting.some(({ problem }) => problem === undefined);
  const before = useRef(waiting.length);
  const away = useRef(false);
  useEffect(() => {
    ownOutbox(id);
    return listenForWaiting(() => void client.invalidateQueries(outboxQuery(id)));
  }, [client, id]);
  useEffect(() => {
    const knockOrSend = async () => {
      if (offline) {
        await knock();
        return;
      }
      if (unsent) await sendWaiting(id);
      if (away.current) void client.invalidateQueries();
      away.current = false;
    };
    if (offline) away.current = true;
    else void knockOrSend();
    const timer = offline || unsent ? setInterval(() => void knockOrSend(), triedEvery) : undefined;
    return () => clearInterval(timer);
  }, [client, id, offline, unsent]);
  useEffect(() => {
    // What waited is there now, whichever page has sent it.
    if (waiting.length < before.current) {
      void client.invalidateQueries({ queryKey: keys.allRecords });
    }
    before.current = waiting.length;
  }, [client, waiting.length]);
  useEffect(() => {
    const back = () => void knock();
    const gone = () => noteUnreached();
    addEventListener("online", back);
    addEventListener("offline", gone);
    return () => {
      removeEventListener("online", back);
      removeEventListener("offline", gone);
    };
  }, []);
}
