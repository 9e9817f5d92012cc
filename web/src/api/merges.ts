import { queryOptions } from "@tanstack/react-query";
import { idempotencyKey, request, requestData } from "./client";
import { keys } from "./keys";
import type { Included, RecordAnswer, RecordData, Values } from "./types";

/** Two records that look like the same. */
export interface Pair {
  readonly id: string;
  /** How alike they are, from 0 to 1. */
  readonly score: string;
  /** The fields that were compared. */
  readonly fields: readonly string[];
  readonly records: readonly { readonly id: string; readonly display: string }[];
}

/** A page of such pairs. */
export interface PairPage {
  readonly data: readonly Pair[];
  readonly page: { readonly next: string | null };
}

/** How far the last look for duplicates is. */
export interface Scan {
  readonly state: "none" | "running" | "done" | "failed";
  readonly at: string | null;
  readonly percent: number;
}

/** How much of something the record has that stays, and the other one. */
export interface Both {
  readonly stays: number;
  readonly comes: number;
}

/** What a merge would make. */
export interface MergePreview {
  readonly data: {
    readonly about: readonly (Both & { readonly object: string })[];
    readonly comments: Both;
    readonly files: Both;
    readonly result: RecordData;
  };
  readonly included?: Included;
}

/** A merge that can be undone. */
export interface Merge {
  readonly id: string;
  readonly other: string;
  readonly display: string | null;
  readonly by: string;
  readonly at: string;
  readonly undo_until: string;
}

/** What undoing a merge left as it is. */
export interface Left {
  readonly object: string;
  readonly id: string;
  readonly display: string;
  readonly fields: readonly string[];
}

/** A record that may be the same as one; one that the caller may not see has no id. */
export interface Alike {
  readonly id: string | null;
  readonly display: string | null;
  readonly score: string;
  readonly fields: readonly string[];
  /** Whether a second one is refused, or has to be confirmed. */
  readonly action: "warn" | "block";
  /** What one is told of a record that one may not see, by the field. */
  readonly card?: Readonly<Record<string, string>>;
}

const path = (object: string, id: string, rest: string) =>
  `/records/${encodeURI(object)}/${encodeURI(id)}/${rest}`;

/** How far the last look for duplicates is; asked again while it goes on. */
export function scanQuery(object: string) {
  return queryOptions({
    queryKey: keys.scan(object),
    queryFn: ({ signal }) =>
      requestData<Scan>("GET", `/duplicates/${encodeURI(object)}/scan`, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === "running" ? 1_000 : false),
  });
}

/** Has all records of an object compared. */
export function startScan(object: string): Promise<unknown> {
  return requestData("POST", `/duplicates/${encodeURI(object)}/_scan`, { body: {} });
}

/** The pairs that were found, the most alike first. */
export function listPairs(object: string, cursor: string | undefined, signal: AbortSignal) {
  return request<PairPage>("GET", "/duplicates", { query: { object, cursor, limit: 50 }, signal });
}

/** Says that two records are not the same. */
export function dismissPair(object: string, records: readonly string[]): Promise<void> {
  return request<void>("POST", `/duplicates/${encodeURI(object)}/_dismiss`, { body: { records } });
}

/** The records that may be the same as one. */
export function alikeQuery(object: string, id: string) {
  return queryOptions({
    queryKey: keys.alike(object, id),
    queryFn: ({ signal }) =>
      requestData<readonly Alike[]>("POST", `/records/${encodeURI(object)}/_duplicates`, {
        body: { id, values: {} },
        signal,
      }),
    retry: false,
  });
}

/** The records that values which are being entered may make a second one of. */
export function hintQuery(object: string, id: string | undefined, values: Values) {
  return queryOptions({
    queryKey: keys.hint(object, id ?? "", values),
    queryFn: ({ signal }) =>
      requestData<readonly Alike[]>("POST", `/records/${encodeURI(object)}/_duplicates`, {
        body: { id, values },
        signal,
      }),
    retry: false,
    gcTime: 0,
  });
}

/** What a merge of another record into one would make. */
export function mergePreviewQuery(object: string, id: string, other: string, values: Values) {
  return queryOptions({
    queryKey: keys.mergePreview(object, id, other, values),
    queryFn: ({ signal }) =>
      request<MergePreview>("POST", path(object, id, "actions/merge/preview"), {
        body: { with: other, values },
        signal,
      }),
    retry: false,
    gcTime: 0,
  });
}

/** Makes one record of two. */
export function mergeRecords(object: string, id: string, other: string, values: Values) {
  return request<RecordAnswer>("POST", path(object, id, "actions/merge"), {
    body: { with: other, values },
    headers: { "Idempotency-Key": idempotencyKey() },
  });
}

/** The merges of a record that can be undone, newest first. */
export function mergesQuery(object: string, id: string) {
  return queryOptions({
    queryKey: keys.merges(object, id),
    queryFn: ({ signal }) =>
      request<{ data: readonly Merge[]; included?: Included }>("GET", path(object, id, "merges"), {
        signal,
      }),
    retry: false,
  });
}

/** Makes two records of one again, and tells what was left as it is. */
export function undoMerge(object: string, id: string, merge?: string) {
  return requestData<{ other: string; kept: readonly Left[] }>(
    "POST",
    path(object, id, "actions/undo_merge"),
    { body: merge ? { merge } : {}, headers: { "Idempotency-Key": idempotencyKey() } },
  );
}
