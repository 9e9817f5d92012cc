import { queryOptions } from "@tanstack/react-query";
import { request, requestData } from "./client";
import { keys } from "./keys";
import type { Included, RecordAnswer, Values } from "./types";

/** A record in the recycle bin, with what was deleted with it. */
export interface Deletion {
  readonly object: string;
  readonly id: string;
  readonly display: string;
  readonly at: string;
  readonly by: string;
  readonly via: string;
  /** How many records were deleted with it. */
  readonly children: number;
  /** When it is removed for good; null when it is kept. */
  readonly purge_at: string | null;
  readonly can: { readonly restore: boolean; readonly erase: boolean };
}

/** A page of the recycle bin. */
export interface BinPage {
  readonly data: readonly Deletion[];
  readonly page: { readonly next: string | null };
  readonly included?: Included;
}

/** What is in the recycle bin, the last that was deleted first. */
export function listBin(
  object: string,
  q: string,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<BinPage> {
  return request<BinPage>("GET", "/bin", { query: { object, q, cursor, limit: 50 }, signal });
}

const path = (...parts: readonly string[]) => `/${parts.map(encodeURI).join("/")}`;

/** Takes a record out of the recycle bin, with other values in place of those that are taken. */
export function restoreDeleted(object: string, id: string, values: Values): Promise<RecordAnswer> {
  return request<RecordAnswer>("POST", path("records", object, id, "restore"), {
    body: { values },
  });
}

/** Removes a record of the recycle bin for good. */
export function eraseDeleted(object: string, id: string): Promise<void> {
  return request<void>("DELETE", path("bin", object, id));
}

/** A file in the recycle bin, and the record that it was in. */
export interface RemovedFile {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly object: string;
  readonly record: string;
  readonly display: string;
  /** The field that it was in; "" is beside the fields. */
  readonly field: string;
  readonly at: string;
  readonly by: string;
  readonly purge_at: string;
  readonly restore: boolean;
}

/** A page of the files in the recycle bin. */
export interface FileBinPage {
  readonly data: readonly RemovedFile[];
  readonly page: { readonly next: string | null };
  readonly included?: Included;
}

/** The files that were taken out of records, the last first. */
export function listFileBin(cursor: string | undefined, signal: AbortSignal): Promise<FileBinPage> {
  return request<FileBinPage>("GET", "/bin/files", { query: { cursor, limit: 50 }, signal });
}

/** Puts a file back where it was taken out. */
export function restoreFile(id: string): Promise<void> {
  return request<void>("POST", path("bin", "files", id, "restore"));
}

/** A definition, or a field of an object, that was dropped and can come back. */
export interface Dropped {
  readonly kind: string;
  readonly name: string;
  /** "" is the whole definition. */
  readonly field: string;
  readonly title: string;
  /** Its kind in the reader's language; "" of a field. */
  readonly what: string;
  /** The title of a field's object. */
  readonly of: string;
  readonly at: string;
  readonly by: string | null;
  readonly purge_at: string;
}

/** What was dropped of the definitions, the last first. */
export const droppedQuery = queryOptions({
  queryKey: keys.dropped,
  queryFn: ({ signal }) =>
    request<{ readonly data: readonly Dropped[]; readonly included: Included }>(
      "GET",
      "/bin/definitions",
      { signal },
    ),
});

/** Brings definitions and fields back, all in one revision. */
export function bringBack(dropped: readonly Dropped[]): Promise<unknown> {
  const definitions = dropped.map(({ kind, name, field }) => ({ kind, name, field }));
  return requestData("POST", "/bin/definitions/restore", { body: { definitions } });
}

/** How many days deleted records are kept; 0 is always. */
export const retentionQuery = queryOptions({
  queryKey: keys.retention,
  queryFn: ({ signal }) =>
    requestData<{ readonly days: number }>("GET", "/bin/retention", { signal }),
});

/** Sets how many days deleted records are kept. */
export function keepBin(days: number): Promise<unknown> {
  return requestData("PUT", "/bin/retention", { body: { days } });
}
