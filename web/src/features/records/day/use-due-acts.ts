import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Catalog } from "@/api/catalog";
import { keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { deliver, useOutbox, type Waiting } from "@/api/outbox";
import { asText, deleteRecord, displayOf, recordQuery, updateRecord } from "@/api/records";
import type { RecordData, Value, Values } from "@/api/types";
import { faultText } from "@/components/fault-view";
import { useToast } from "@/components/toaster";
import { aboutOf, type DueRow } from "./due-model";

type Undo = () => Promise<unknown>;

/** What can be done with the rows of a day. */
export type DueActs = ReturnType<typeof useDueActs>;

/**
 * Deals with rows: each leaves at once, comes back with the reason when the server refuses, and can
 * be taken back for as long as its toast stays.
 */
export function useDueActs() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const catalog = useCatalog();
  const toast = useToast();
  const outbox = useOutbox();
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const refresh = () => client.invalidateQueries({ queryKey: keys.allRecords });
  const leave = (id: string, away: boolean) =>
    setGone((before) => {
      const next = new Set(before);
      if (away) next.add(id);
      else next.delete(id);
      return next;
    });

  const act = async (row: DueRow, said: string, act: () => Promise<Undo | null>) => {
    const { id } = row.record;
    leave(id, true);
    try {
      const undo = await act();
      if (!undo) {
        leave(id, false); // from now on, what waits keeps it away
        toast({ text: t("outbox.kept") });
        return;
      }
      const back = async () => {
        try {
          await undo();
        } catch (error) {
          toast({ text: faultText(error, t) });
        }
        await refresh();
        leave(id, false);
      };
      toast({ text: said, action: { label: t("action.undo"), perform: () => void back() } });
      await refresh();
      leave(id, false); // what still is due, such as one put off to later today, is shown again
    } catch (error) {
      leave(id, false);
      toast({ text: faultText(error, t) });
    }
  };

  const change = async ({ object, record }: DueRow, values: Values) => {
    const before = valuesOf(record, Object.keys(values));
    const { answer } = await deliver({
      kind: "update",
      object: object.name,
      record: record.id,
      name: displayOf(record, catalog.display(object.name)),
      values,
      base: { version: record.version, values: record },
    });
    if (!answer) return null;
    return () => updateRecord(object.name, record.id, answer.data.version, before);
  };
  const name = (row: DueRow) => displayOf(row.record, catalog.display(row.object.name));
  const finished = ({ due }: DueRow): Values => due.done ?? { [due.at]: null };

  return {
    /** Whether a row is being dealt with: now, or as soon as what waits is sent. */
    isGone: (row: DueRow) =>
      gone.has(row.record.id) || outbox.some((one) => settles(catalog, one, row)),
    done: (row: DueRow) =>
      act(row, t("day.doneSaid", { name: name(row) }), () => change(row, finished(row))),
    putOff: (row: DueRow, at: Value, when: string) =>
      act(row, t("day.putOffSaid", { name: name(row), when }), () =>
        change(row, { [row.due.at]: at }),
      ),
    /** Notes an activity about what the row is about; what the row itself asked for is then done. */
    log: (row: DueRow, activity: string, values: Values) =>
      act(row, t("day.loggedSaid", { name: name(row) }), async () => {
        const about = aboutOf(row);
        const words = asText(values[catalog.display(activity)]);
        const noted = { object: activity, name: words, values, about };
        const { answer: made } = await deliver({ kind: "create", ...noted });
        const undone = about.id === row.record.id ? null : await change(row, finished(row));
        if (!made) return null;
        return async () => {
          await deleteRecord(activity, made.data.id, made.data.version);
          if (undone) return undone();
          // The activity may have handed its next date on: the row gets its own back.
          const { data } = await client.fetchQuery({
            ...recordQuery(about.object, about.id),
            staleTime: 0,
          });
          const before = valuesOf(row.record, [row.due.at]);
          return updateRecord(about.object, about.id, data.version, before);
        };
      }),
  };
}

/** Whether what waits deals with a row: it changes when it is due, or tells of a talk about it. */
function settles(catalog: Catalog, one: Waiting, row: DueRow): boolean {
  if (one.problem) return false;
  if (one.kind === "create") {
    const talk = catalog.object(one.object)?.behaviours?.activity?.next !== undefined;
    return talk && one.about?.id === row.record.id;
  }
  const settling = [row.due.at, ...Object.keys(row.due.done ?? {})];
  return one.record === row.record.id && settling.some((name) => name in one.values);
}

function valuesOf(record: RecordData, names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, record[name] ?? null]));
}
