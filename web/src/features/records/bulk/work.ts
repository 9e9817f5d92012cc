import type { QueryClient } from "@tanstack/react-query";
import {
  type BatchOperation,
  type BatchOutcome,
  batchRecords,
  largestPage,
  listRecords,
  rehearseRecords,
  restoreRecord,
} from "@/api/records";
import type { RecordData, Value } from "@/api/types";
import { quoted } from "@/kinds/field/look";
import { sameValue } from "@/lib/same-value";

/** Which records: some by their ids, or all that a filter finds. */
export interface Scope {
  readonly ids: readonly string[] | null;
  readonly where: string;
  readonly q: string;
}

/** What is done with many records: a field is given a value, or they go into the bin. */
export type BulkTask =
  | { readonly kind: "update"; readonly field: string; readonly value: Value }
  | { readonly kind: "delete" };

/** What a record was before, and its version now. */
export interface BulkStep {
  readonly id: string;
  readonly version: number;
  readonly before: Value;
}

/** How far the work has come. */
export interface BulkProgress {
  readonly done: number;
  readonly total: number;
  readonly changed: number;
  /** How many records were blocked, by the reason. */
  readonly blocked: ReadonlyMap<string, number>;
}

const chunk = 200;
const idsInFilter = 200;

/** Finds the records of a scope as they are now, with one field of each. */
export async function findScope(
  object: string,
  { ids, where, q }: Scope,
  field: string | undefined,
  signal?: AbortSignal,
): Promise<readonly RecordData[]> {
  const fields = ["id", "version", ...(field ? [field] : [])];
  if (ids) {
    const parts = chunks(ids, idsInFilter).map((some) => {
      const chosen = `id in [${some.map(quoted).join(", ")}]`;
      return listRecords(object, { where: chosen, fields, limit: idsInFilter }, signal);
    });
    return (await Promise.all(parts)).flatMap((page) => page.data);
  }
  const found: RecordData[] = [];
  let cursor: string | undefined;
  do {
    const page = await listRecords(
      object,
      { where: where || undefined, q: q || undefined, fields, limit: largestPage, cursor },
      signal,
    );
    found.push(...page.data);
    cursor = page.page.next ?? undefined;
  } while (cursor);
  return found;
}

/** The records that a task changes. */
export function touched(records: readonly RecordData[], task: BulkTask): readonly RecordData[] {
  if (task.kind === "delete") return records;
  return records.filter((record) => !sameValue(record[task.field], task.value));
}

/** What a task would do to records; nothing is written. */
export function rehearse(
  object: string,
  records: readonly RecordData[],
  task: BulkTask,
  onProgress: (progress: BulkProgress) => void,
  signal: AbortSignal,
): Promise<BulkProgress> {
  const ask = (operations: readonly BatchOperation[]) =>
    rehearseRecords(object, operations, signal);
  return go(records, task, ask, onProgress, () => !signal.aborted);
}

/** Does a task chunk by chunk; when it is stopped, what is done stays done and can be undone. */
export async function perform(
  object: string,
  records: readonly RecordData[],
  task: BulkTask,
  onProgress: (progress: BulkProgress) => void,
  signal: AbortSignal,
): Promise<readonly BulkStep[]> {
  const steps: BulkStep[] = [];
  const ask = (operations: readonly BatchOperation[]) => batchRecords(object, operations);
  const keep = (record: RecordData, outcome: BatchOutcome) => {
    const before = task.kind === "update" ? (record[task.field] ?? null) : null;
    steps.push({ id: record.id, version: outcome.version ?? record.version, before });
  };
  await go(records, task, ask, onProgress, () => !signal.aborted, keep);
  return steps;
}

/** Goes through records chunk by chunk, as long as it may, and counts what becomes of them. */
async function go(
  records: readonly RecordData[],
  task: BulkTask,
  ask: (operations: readonly BatchOperation[]) => Promise<readonly BatchOutcome[]>,
  onProgress: (progress: BulkProgress) => void,
  goOn: () => boolean,
  onChange: (record: RecordData, outcome: BatchOutcome) => void = () => undefined,
): Promise<BulkProgress> {
  const blocked = new Map<string, number>();
  let progress: BulkProgress = { done: 0, total: records.length, changed: 0, blocked };
  onProgress(progress);
  for (const some of chunks(records, chunk)) {
    if (!goOn()) break;
    const outcomes = await ask(some.map((record) => operationOf(record, task)));
    let { changed } = progress;
    for (const [index, record] of some.entries()) {
      const outcome = outcomes[index];
      if (outcome && outcome.status < 300) {
        onChange(record, outcome);
        changed++;
      } else {
        const reason = reasonOf(outcome);
        blocked.set(reason, (blocked.get(reason) ?? 0) + 1);
      }
    }
    progress = {
      ...progress,
      done: progress.done + some.length,
      changed,
      blocked: new Map(blocked),
    };
    onProgress(progress);
  }
  return progress;
}

function operationOf({ id, version }: RecordData, task: BulkTask): BatchOperation {
  return task.kind === "delete"
    ? { op: "delete", id, version }
    : { op: "update", id, version, values: { [task.field]: task.value } };
}

/** Gives every record back what it had; answers how many could not be given back. */
export async function takeBack(
  object: string,
  steps: readonly BulkStep[],
  task: BulkTask,
  client: QueryClient,
): Promise<number> {
  let failed = 0;
  if (task.kind === "delete") {
    for (const some of chunks(steps, 6)) {
      const results = await Promise.allSettled(some.map(({ id }) => restoreRecord(object, id)));
      failed += results.filter((result) => result.status === "rejected").length;
    }
  } else {
    for (const some of chunks(steps, chunk)) {
      const outcomes = await batchRecords(
        object,
        some.map(({ id, version, before }) => ({
          op: "update" as const,
          id,
          version,
          values: { [task.field]: before },
        })),
      );
      failed += outcomes.filter((outcome) => outcome.status >= 300).length;
    }
  }
  await client.invalidateQueries({ queryKey: ["records", object] });
  return failed;
}

function reasonOf(outcome: BatchOutcome | undefined): string {
  return (outcome?.errors ?? []).map((item) => item.message).join(" ");
}

function chunks<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, at) => all.slice(at * size, (at + 1) * size));
}
