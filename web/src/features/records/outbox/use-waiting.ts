import { useMemo } from "react";
import { useOutbox, type Waiting } from "@/api/outbox";
import type { RecordData } from "@/api/types";

/** What waits to be sent about the records of an object. */
export interface WaitingChanges {
  /** A record as it will be. */
  readonly over: (record: RecordData) => RecordData;
  /** The fields of a record whose values wait. */
  readonly fields: (id: string) => ReadonlySet<string>;
  /** New records. */
  readonly made: readonly Waiting[];
  /** Whatever concerns a record, also what was refused. */
  readonly about: (id: string) => readonly Waiting[];
}

const nothing: ReadonlySet<string> = new Set();

/** Lays what waits over what the server says. What it refused is no longer shown as if it were so. */
export function useWaiting(object: string): WaitingChanges {
  const outbox = useOutbox();
  return useMemo(() => {
    const unsent = outbox.filter(({ problem }) => problem === undefined);
    const changes = unsent.filter((one) => one.kind === "update" && one.object === object);
    const of = (id: string) => changes.filter(({ record }) => record === id);
    return {
      over: (record) => {
        const own = of(record.id);
        return own.length > 0 ? Object.assign({}, record, ...own.map((one) => one.values)) : record;
      },
      fields: (id) => {
        const own = of(id);
        return own.length > 0 ? new Set(own.flatMap(({ values }) => Object.keys(values))) : nothing;
      },
      made: unsent.filter((one) => one.kind === "create" && one.object === object),
      about: (id) => outbox.filter((one) => one.record === id || one.about?.id === id),
    };
  }, [outbox, object]);
}
