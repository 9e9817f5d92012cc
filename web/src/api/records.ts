import { queryOptions } from "@tanstack/react-query";
import { idempotencyKey, request, requestData } from "./client";
import { keys } from "./keys";
import type {
  Included,
  ProblemItem,
  RecordAnswer,
  RecordData,
  RecordPage,
  Reference,
  Value,
  Values,
} from "./types";

/** Which records, in which order, with which fields. */
export interface RecordQuery {
  readonly where?: string | undefined;
  readonly q?: string | undefined;
  readonly sort?: readonly string[] | undefined;
  readonly fields?: readonly string[] | undefined;
  readonly limit?: number;
  readonly offset?: number | undefined;
  readonly cursor?: string | undefined;
  readonly count?: "none" | "exact" | "estimate";
}

/** How far the server skips by offset; deeper pages need a cursor. */
export const farthestOffset = 10_000;

/** The most records of one answer. */
export const largestPage = 1_000;

const longestInAddress = 1_500;

const path = (object: string, ...rest: readonly string[]) =>
  ["/records", object, ...rest].map(encodeURI).join("/");

/** Lists records. A long filter travels in a body instead of the address. */
export function listRecords(
  object: string,
  query: RecordQuery,
  signal?: AbortSignal,
): Promise<RecordPage> {
  const { sort, fields, ...rest } = query;
  if ((query.where?.length ?? 0) > longestInAddress) {
    const body = { ...query, where: query.where, q: query.q || undefined };
    return request<RecordPage>("POST", path(object, "_query"), { body, ...(signal && { signal }) });
  }
  return request<RecordPage>("GET", path(object), {
    query: { ...rest, sort: sort?.join(","), fields: fields?.join(",") },
    ...(signal && { signal }),
  });
}

/** How many records there are. */
export async function countRecords(
  object: string,
  query: Pick<RecordQuery, "where" | "q">,
  signal?: AbortSignal,
): Promise<number> {
  const page = await listRecords(
    object,
    { ...query, limit: 1, fields: ["id"], count: "exact" },
    signal,
  );
  return page.page.total ?? page.data.length;
}

/** How many records match, kept. */
export function countQuery(object: string, query: Pick<RecordQuery, "where" | "q">) {
  return queryOptions({
    queryKey: keys.count(object, query.where ?? "", query.q ?? ""),
    queryFn: ({ signal }) => countRecords(object, query, signal),
    retry: false,
  });
}

/** What is asked about many records at once. */
export interface FigureQuery {
  readonly where?: string | undefined;
  readonly q?: string | undefined;
  readonly groups: readonly { readonly field: string; readonly by?: string }[];
  readonly measures: readonly {
    readonly as: string;
    readonly function: "count" | "sum";
    readonly field?: string;
  }[];
  readonly sort?: readonly string[];
  readonly limit?: number;
}

/** Figures about many records: one row a group. */
export function figuresQuery(object: string, query: FigureQuery) {
  return queryOptions({
    queryKey: keys.figures(object, query),
    queryFn: ({ signal }) =>
      requestData<readonly Values[]>("POST", path(object, "_aggregate"), { body: query, signal }),
  });
}

/** One record. */
export function recordQuery(object: string, id: string) {
  return queryOptions({
    queryKey: keys.record(object, id),
    queryFn: ({ signal }) => request<RecordAnswer>("GET", path(object, id), { signal }),
    retry: false,
  });
}

/** What a write says when what looks like a duplicate is none. */
const allowed = (confirmed: boolean) => ({ allow: confirmed ? "duplicates" : undefined });

/** Creates a record; repeating with the same key creates nothing more. */
export function createRecord(
  object: string,
  values: Values,
  key = idempotencyKey(),
  confirmed = false,
) {
  return request<RecordAnswer>("POST", path(object), {
    query: allowed(confirmed),
    body: values,
    headers: { "Idempotency-Key": key },
  });
}

/** Changes some values of a record, if it still has that version; with a key, only once. */
export function updateRecord(
  object: string,
  id: string,
  version: number,
  values: Values,
  confirmed = false,
  key?: string,
) {
  return request<RecordAnswer>("PATCH", path(object, id), {
    query: allowed(confirmed),
    body: values,
    headers: {
      "Content-Type": "application/merge-patch+json",
      "If-Match": `"${version}"`,
      ...(key && { "Idempotency-Key": key }),
    },
  });
}

/** Puts a record into the recycle bin. */
export function deleteRecord(object: string, id: string, version: number): Promise<void> {
  return request<void>("DELETE", path(object, id), { headers: { "If-Match": `"${version}"` } });
}

/** Takes a record out of the recycle bin. */
export function restoreRecord(object: string, id: string): Promise<RecordAnswer> {
  return request<RecordAnswer>("POST", path(object, id, "restore"), { body: {} });
}

/** The records that a typed text may mean. */
export function lookupQuery(object: string, display: string, q: string) {
  return queryOptions({
    queryKey: keys.lookup(object, q),
    queryFn: async ({ signal }): Promise<Reference[]> => {
      const where = object === "user" ? "active == true" : undefined;
      const query = { q: q || undefined, where, fields: ["id", display], limit: 20 };
      const page = await listRecords(object, query, signal);
      return page.data.map((record) => ({ id: record.id, display: displayOf(record, display) }));
    },
    staleTime: 30_000,
  });
}

/** The name of a record: the value of its display field. */
export function displayOf(record: RecordData, display: string): string {
  return asText(record[display]) || record.id;
}

/** A value as plain text, for names. */
export function asText(value: Value | undefined): string {
  if (value === null || value === undefined) return "";
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/** One operation of a batch. */
export interface BatchOperation {
  readonly op: "update" | "delete";
  readonly id: string;
  readonly version: number;
  readonly values?: Values;
}

/** What became of an operation. */
export interface BatchOutcome {
  readonly status: number;
  readonly version?: number;
  readonly errors?: readonly ProblemItem[];
}

/** Does what can be done of several operations, and tells of each what became of it. */
export function batchRecords(object: string, operations: readonly BatchOperation[]) {
  return requestData<readonly BatchOutcome[]>("POST", path(object, "_batch"), {
    body: { operations },
  });
}

/** Tells of each of several operations what would become of it, and writes nothing. */
export function rehearseRecords(
  object: string,
  operations: readonly BatchOperation[],
  signal: AbortSignal,
) {
  return requestData<readonly BatchOutcome[]>("POST", path(object, "_batch"), {
    body: { dry_run: true, operations },
    signal,
  });
}

/** What a cell of a spreadsheet means: a value, or why it is none. */
export interface ReadCell {
  readonly value: Value;
  readonly errors?: readonly ProblemItem[];
}

/** Reads cells that were copied from a spreadsheet as values of fields, and writes nothing. */
export function readCells(
  object: string,
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  signal: AbortSignal,
) {
  return request<{ data: readonly (readonly ReadCell[])[]; included: Included }>(
    "POST",
    path(object, "_read_cells"),
    { body: { columns, rows }, signal },
  );
}
