import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Fault } from "@/api/fault";
import { keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { deliver } from "@/api/outbox";
import { displayOf } from "@/api/records";
import type { Values } from "@/api/types";
import { faultText } from "@/components/fault-view";
import { useToast } from "@/components/toaster";
import { sameValue } from "@/lib/same-value";
import type { ListRow } from "../list/use-rows";
import { useWaiting } from "../outbox/use-waiting";

/** A record on its way: shown where it will be before the server has agreed. */
export interface Move {
  readonly row: ListRow;
  readonly values: Values;
}

/** Why a record came back, and which fields have to do with it. */
export interface Refusal {
  readonly reason: string;
  readonly values: Values;
  readonly fields: readonly string[];
}

/**
 * Moves records by changing what their place stands for: one change each, shown at once, taken back
 * with the server's reason when it is refused, and undone by one click when it is not. Without the
 * server a move waits like any change of a record, and stays shown for as long.
 */
export function useMoves(object: string) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const display = useCatalog().display(object);
  const [underways, setMoves] = useState<ReadonlyMap<string, Move>>(new Map());
  const [kept, setKept] = useState<ReadonlyMap<string, Move>>(new Map());
  const moves = new Map([...useStillWaiting(object, kept), ...underways]);
  const [refusals, setRefusals] = useState<ReadonlyMap<string, Refusal>>(new Map());
  const underway = useRef(new Set<string>());
  const refresh = () => client.invalidateQueries({ queryKey: keys.records(object) });

  const move = async (row: ListRow, values: Values, said: string): Promise<boolean> => {
    const { id, version } = row.record;
    if (underway.current.has(id)) return false;
    underway.current.add(id);
    setRefusals((before) => without(before, id));
    setMoves((before) => new Map(before).set(id, { row, values }));
    try {
      const base = { version, values: row.record };
      const name = displayOf(row.record, display);
      const { answer } = await deliver({ kind: "update", object, record: id, name, values, base });
      if (!answer) {
        setKept((before) => new Map(before).set(id, { row, values }));
        toast({ text: t("outbox.kept") });
        return true;
      }
      const { data } = answer;
      await refresh();
      const before = Object.keys(values).map((name) => [name, row.record[name] ?? null]);
      const undo = () => void move({ ...row, record: data }, Object.fromEntries(before), said);
      toast({ text: said, action: { label: t("action.undo"), perform: undo } });
      return true;
    } catch (error) {
      const stale = error instanceof Fault && error.status === 412;
      const reason = stale ? t("move.stale") : reasonOf(error) || faultText(error, t);
      const refusal = { reason, values, fields: fieldsOf(error) };
      setRefusals((before) => new Map(before).set(id, refusal));
      if (stale) await refresh();
      return false;
    } finally {
      underway.current.delete(id);
      setMoves((before) => without(before, id));
    }
  };
  const forgive = (id: string) => setRefusals((before) => without(before, id));
  return { moves, refusals, move, forgive };
}

/** Those of the moves that are still to be sent. */
function useStillWaiting(object: string, kept: ReadonlyMap<string, Move>) {
  const { over } = useWaiting(object);
  return [...kept].filter(([, { row, values }]) => {
    const { record } = row;
    const shown = over(record);
    return (
      shown !== record &&
      Object.entries(values).every(([name, value]) => sameValue(shown[name], value))
    );
  });
}

/** What the hook gives. */
export type Moves = ReturnType<typeof useMoves>;

function reasonOf(error: unknown): string {
  return error instanceof Fault ? error.items.map((item) => item.message).join(" ") : "";
}

function fieldsOf(error: unknown): readonly string[] {
  if (!(error instanceof Fault)) return [];
  return [...new Set(error.items.map((item) => item.pointer.split("/")[1] ?? ""))].filter(Boolean);
}

function without<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  if (!map.has(key)) return map;
  const next = new Map(map);
  next.delete(key);
  return next;
}
