import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Deletion, restoreDeleted } from "@/api/bin";
import { Fault } from "@/api/fault";
import { keys } from "@/api/keys";
import type { Values } from "@/api/types";
import { useToast } from "@/components/toaster";

/** A record that cannot come back as it is. */
export interface Conflict {
  readonly deletion: Deletion;
  readonly error: unknown;
  /** The fields whose values are in its way. */
  readonly fields: readonly string[];
  readonly rest: readonly Deletion[];
  readonly done: number;
}

/** Restores records one after another, and stops at each that something is in the way of. */
export function useRestore(onDone: () => void) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const [conflict, setConflict] = useState<Conflict | null>(null);

  const run = async (deletions: readonly Deletion[], values: Values, before: number) => {
    setBusy(true);
    let done = before;
    let sent = values;
    for (const [index, deletion] of deletions.entries()) {
      try {
        await restoreDeleted(deletion.object, deletion.id, sent);
        done += 1;
      } catch (error) {
        setConflict({
          deletion,
          error,
          fields: fieldsOf(error),
          rest: deletions.slice(index + 1),
          done,
        });
        setBusy(false);
        await client.invalidateQueries({ queryKey: keys.allBin });
        return;
      }
      sent = {};
    }
    setConflict(null);
    setBusy(false);
    onDone();
    if (done > 0) toast({ text: t("bin.restored", { count: done }) });
    await client.invalidateQueries({ queryKey: keys.allBin });
    await client.invalidateQueries({ queryKey: keys.allRecords });
  };
  return {
    busy,
    conflict,
    begin: (deletions: readonly Deletion[]) => run(deletions, {}, 0),
    again: (values: Values) =>
      conflict ? run([conflict.deletion, ...conflict.rest], values, conflict.done) : undefined,
    skip: () => (conflict ? run(conflict.rest, {}, conflict.done) : undefined),
  };
}

function fieldsOf(error: unknown): readonly string[] {
  if (!(error instanceof Fault)) return [];
  return [...new Set(error.items.map((item) => item.pointer.split("/")[1] ?? ""))].filter(Boolean);
}
