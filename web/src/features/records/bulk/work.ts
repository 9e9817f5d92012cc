import {
  type BatchOperation,
  type BatchOutcome,
  batchRecords,
  largestPage,
  listRecords,
  rehearseRecords,
  restoreRecord,
} from "@/api/records";
import type { ProblemItem, RecordData, Value, Values } from "@/api/types";
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
  readonly before: Values;
}

/** An operation, and what the record was before it. */
export interface BulkOperation extends BatchOperation {
  readonly before: Values;
}

/** Records that are blocked for the same reasons. */
export interface Blocked {
  readonly times: number;
  readonly items: readonly ProblemItem[];
}

/** How far the work has come. */
export interface BulkProgress {
  readonly done: number;
  readonly total: number;
  readonly changed: number;
  /** How many records were blocked, by what is wrong with them. */
  readonly blocked: ReadonlyMap<string, Blocked>;
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

/** What a task does to each record. */
export function operationsOf(
  records: readonly RecordData[],
  task: BulkTask,
): readonly BulkOperation[] {
  return records.map((record) => {
    const { id, version } = record;
    if (task.kind === "delete") return { op: "delete", id, version, before: {} };
    const before = { [task.field]: record[task.field] ?? null };
    return { op: "update", id, version, values: { [task.field]: task.value }, before };
  });
}

type Heard = (operation: BulkOperation, outcome: BatchOutcome | undefined) => void;

/** What operations would do; nothing is written. */
export function rehearse(
  object: string,
  operations: readonly BulkOperation[],
  onProgress: (progress: BulkProgress) => void,
  signal: AbortSignal,
  onOutcome?: Heard,
): Promise<BulkProgress> {
  const ask = (some: readonly BatchOperation[]) => rehearseRecords(object, some, signal);
  return go(operations, ask, onProgress, () => !signal.aborted, onOutcome);
}

/** Does operations chunk by chunk; when it is stopped, what is done stays done and can be undone. */
export async function perform(
  object: string,
  operations: readonly BulkOperation[],
  onProgress: (progress: BulkProgress) => void,
  signal: AbortSignal,
): Promise<readonly BulkStep[]> {
  const steps: BulkStep[] = [];
  const ask = (some: readonly BatchOperation[]) => batchRecords(object, some);
  await go(
    operations,
    ask,
    onProgress,
    () => !signal.aborted,
    ({ id, before }, outcome) => {
      if (isDone(outcome)) steps.push({ id, version: outcome?.version ?? 0, before });
    },
  );
  return steps;
}

/** Goes through operations chunk by chunk, as long as it may, and counts what becomes of them. */
async function go(
  operations: readonly BulkOperation[],
  ask: (operations: readonly BatchOperation[]) => Promise<readonly BatchOutcome[]>,
  onProgress: (progress: BulkProgress) => void,
  goOn: () => boolean,
  onOutcome: Heard = () => undefined,
): Promise<BulkProgress> {
  const blocked = new Map<string, Blocked>();
  let progress: BulkProgress = { done: 0, total: operations.length, changed: 0, blocked };
  onProgress(progress);
  for (const some of chunks(operations, chunk)) {
    if (!goOn()) break;
    const outcomes = await ask(some.map(({ before: _, ...operation }) => operation));
    let { changed } = progress;
    for (const [index, operation] of some.entries()) {
      const outcome = outcomes[index];
      onOutcome(operation, outcome);
      if (isDone(outcome)) {
        changed++;
      } else {
        const items = outcome?.errors ?? [];
        const reason = items.map(({ pointer, message }) => `${pointer} ${message}`).join();
        blocked.set(reason, { times: (blocked.get(reason)?.times ?? 0) + 1, items });
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

/**
 * Gives every record back what it had, or takes it out of the bin; answers how many could not be
 * given back.
 */
export async function takeBack(
  object: string,
  steps: readonly BulkStep[],
  kind: BulkTask["kind"],
  onProgress: (progress: BulkProgress) => void = () => undefined,
): Promise<number> {
  let failed = 0;
  const total = steps.length;
  const some = chunks(steps, kind === "delete" ? 6 : chunk);
  onProgress({ done: 0, total, changed: 0, blocked: new Map() });
  for (const [index, part] of some.entries()) {
    failed += kind === "delete" ? await restore(object, part) : await giveBack(object, part);
    const done = Math.min(total, (index + 1) * (some[0]?.length ?? 0));
    onProgress({ done, total, changed: done - failed, blocked: new Map() });
  }
  return failed;
}

async function restore(object: string, steps: readonly BulkStep[]): Promise<number> {
  const results = await Promise.allSettled(steps.map(({ id }) => restoreRecord(object, id)));
  return results.filter((result) => result.status === "rejected").length;
}

async function giveBack(object: string, steps: readonly BulkStep[]): Promise<number> {
  const operations = steps.map(({ id, version, before }) => {
    return { op: "update" as const, id, version, values: before };
  });
  const outcomes = await batchRecords(object, operations);
  return outcomes.filter((outcome) => !isDone(outcome)).length;
}

function isDone(outcome: BatchOutcome | undefined): boolean {
  return outcome !== undefined && outcome.status < 300;
}

/** Why an operation was refused. */
export function reasonOf(outcome: BatchOutcome | undefined): string {
  return (outcome?.errors ?? []).map((item) => item.message).join(" ");
}

/** All things in parts of some size. */
export function chunks<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, at) => all.slice(at * size, (at + 1) * size));
}
