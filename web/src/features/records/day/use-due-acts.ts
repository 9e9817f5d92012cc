import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { createRecord, deleteRecord, displayOf, recordQuery, updateRecord } from "@/api/records";
import type { RecordData, Value, Values } from "@/api/types";
import { faultText } from "@/components/fault-view";
import { useToast } from "@/components/toaster";
import { aboutOf, type DueRow } from "./due-model";

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
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const refresh = () => client.invalidateQueries({ queryKey: keys.allRecords });
  const leave = (id: string, away: boolean) =>
    setGone((before) => {
      const next = new Set(before);
      if (away) next.add(id);
      else next.delete(id);
      return next;
    });

  const act = async (row: DueRow, said: string, act: () => Promise<() => Promise<unknown>>) => {
    const { id } = row.record;
    leave(id, true);
    try {
      const undo = await act();
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
    const { data } = await updateRecord(object.name, record.id, record.version, values);
    return () => updateRecord(object.name, record.id, data.version, before);
  };
  const name = (row: DueRow) => displayOf(row.record, catalog.display(row.object.name));
  const finished = ({ due }: DueRow): Values => due.done ?? { [due.at]: null };

  return {
    gone,
    done: (row: DueRow) =>
      act(row, t("day.doneSaid", { name: name(row) }), () => change(row, finished(row))),
    putOff: (row: DueRow, at: Value, when: string) =>
      act(row, t("day.putOffSaid", { name: name(row), when }), () =>
        change(row, { [row.due.at]: at }),
      ),
    /** Notes an activity about what the row is about; what the row itself asked for is then done. */
    log: (row: DueRow, activity: string, values: Values) =>
      act(row, t("day.loggedSaid", { name: name(row) }), async () => {
        const made = await createRecord(activity, values);
        const about = aboutOf(row);
        const undone = about.id === row.record.id ? null : await change(row, finished(row));
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

function valuesOf(record: RecordData, names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, record[name] ?? null]));
}
