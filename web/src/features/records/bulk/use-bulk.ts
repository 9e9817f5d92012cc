import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/keys";
import type { RecordData } from "@/api/types";
import { faultText } from "@/components/fault-view";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import {
  type BulkProgress,
  type BulkStep,
  type BulkTask,
  operationsOf,
  perform,
  takeBack,
} from "./work";

/** Changes many records beside the other work: with progress, to be stopped, and to be undone. */
export function useBulk(object: string) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const toast = useToast();
  const [progress, setProgress] = useState<BulkProgress | null>(null);
  const [running, setRunning] = useState(false);
  const stop = useRef<AbortController>(undefined);
  const said = (name: "bulk.changed" | "bulk.deleted" | "bulk.notUndone", count: number) =>
    t(name, { count, n: format.number(count) });

  const undo = async (steps: readonly BulkStep[], task: BulkTask) => {
    setRunning(true);
    try {
      const failed = await takeBack(object, steps, task.kind, setProgress);
      toast({ text: failed > 0 ? said("bulk.notUndone", failed) : t("bulk.undone") });
    } catch (error) {
      toast({ text: faultText(error, t) });
    } finally {
      setRunning(false);
      setProgress(null);
      await client.invalidateQueries({ queryKey: keys.records(object) });
    }
  };
  const run = async (records: readonly RecordData[], task: BulkTask) => {
    const control = new AbortController();
    stop.current = control;
    setRunning(true);
    try {
      const steps = await perform(object, operationsOf(records, task), setProgress, control.signal);
      const text = said(task.kind === "delete" ? "bulk.deleted" : "bulk.changed", steps.length);
      const action = { label: t("action.undo"), perform: () => void undo(steps, task) };
      toast({ text, ...(steps.length > 0 && { action }) });
    } catch (error) {
      toast({ text: faultText(error, t) });
    } finally {
      setRunning(false);
      await client.invalidateQueries({ queryKey: keys.records(object) });
    }
  };
  return {
    progress,
    running,
    run: (records: readonly RecordData[], task: BulkTask) => void run(records, task),
    cancel: () => stop.current?.abort(),
    close: () => setProgress(null),
  };
}

/** What the hook gives. */
export type Bulk = ReturnType<typeof useBulk>;
