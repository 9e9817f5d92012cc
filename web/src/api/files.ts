import { address, request, requestData } from "./client";
import type { Included } from "./types";

/** What a record keeps of a file. */
export interface FileRef {
  readonly id: string;
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

/** A file as the server has taken it in. */
export interface StoredFile extends FileRef {
  readonly thumbnail: boolean;
  readonly by: string;
  readonly at: string;
}

/** A page of the files that a record has beside its fields. */
export interface FilePage {
  readonly data: readonly StoredFile[];
  readonly page: { readonly next: string | null };
  readonly included?: Included;
}

/** How large a file may be, in bytes. */
export const largestFile = 25 * 1024 * 1024;

/** A limit as people say it: in whole megabytes, and never more than it is. */
export function toldLimit(bytes: number): number {
  return bytes < 1024 * 1024 ? bytes : Math.floor(bytes / 1024 / 1024) * 1_000_000;
}

/** Where a file is sent to: to wait for a field, or to a record, beside its fields. */
export type Place = "/files" | `/records/${string}/${string}/files`;

/** The files that a record has beside its fields. */
export function placeOf(object: string, id: string): Place {
  return `/records/${encodeURI(object)}/${encodeURI(id)}/files`;
}

/** Sends a file. */
export function sendFile(
  place: Place,
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<StoredFile> {
  const form = new FormData();
  form.set("file", file);
  return requestData<StoredFile>("POST", place, { form, onProgress, signal });
}

/** Lists the files of a record, newest first. */
export function listFiles(place: Place, cursor?: string, signal?: AbortSignal): Promise<FilePage> {
  return request<FilePage>("GET", place, { query: { cursor }, ...(signal && { signal }) });
}

/** Removes a file of a record for good. */
export function removeFile(place: Place, id: string): Promise<void> {
  return request<void>("DELETE", `${place}/${id}`);
}

/** The address of a file's content. */
export function fileAddress(id: string): string {
  return address(`/files/${id}`);
}

/** The address of a file's small picture; null of what is no picture. */
export function thumbnailAddress(file: FileRef): string | null {
  return /^image\/(png|jpeg|gif|webp)$/.test(file.type)
    ? address(`/files/${file.id}/thumbnail`)
    : null;
}
