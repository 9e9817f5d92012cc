/** What happened to a record and was said about it. */
import { idempotencyKey, request } from "./client";
import type { StoredFile } from "./files";
import type { Change, Included, RecordData } from "./types";

/** What somebody says about a record; `@[id]` in its text mentions a person. */
export interface Comment {
  readonly id: string;
  readonly by: string;
  readonly at: string;
  readonly edited_at: string | null;
  readonly version: number;
  readonly text: string;
  readonly mentions: readonly string[];
}

/** The kinds of entry. */
export type TimelineKind = "change" | "comment" | "file" | "activity";

/** One entry: a kind, and the member of that name. */
export interface TimelineEntry {
  readonly kind: TimelineKind;
  readonly at: string;
  readonly by: string;
  readonly change?: Change;
  readonly comment?: Comment;
  readonly file?: StoredFile;
  /** A record about this one. */
  readonly activity?: { readonly object: string; readonly record: RecordData };
}

/** A page of a timeline, newest first. */
export interface TimelinePage {
  readonly data: readonly TimelineEntry[];
  readonly page: { readonly next: string | null };
  readonly included?: Included;
}

const path = (object: string, id: string, ...rest: readonly string[]) =>
  ["/records", object, id, ...rest].map(encodeURI).join("/");

/** A part of a record's timeline: of some kinds, or of all. */
export function listTimeline(
  object: string,
  id: string,
  kinds: readonly TimelineKind[],
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<TimelinePage> {
  const query = { kinds: kinds.join(","), cursor, limit: 30 };
  return request<TimelinePage>("GET", path(object, id, "timeline"), { query, signal });
}

/** The newest changes of a record, newest first. */
export async function listChanges(object: string, id: string, signal: AbortSignal) {
  const answer = await request<{ data: readonly Change[] }>("GET", path(object, id, "changes"), {
    query: { limit: 200 },
    signal,
  });
  return answer.data;
}

/** Says something about a record. */
export function addComment(object: string, id: string, text: string, key = idempotencyKey()) {
  return request<{ data: Comment }>("POST", path(object, id, "comments"), {
    body: { text },
    headers: { "Idempotency-Key": key },
  });
}

/** Changes what one has said, if it still is what one saw. */
export function editComment(object: string, id: string, comment: Comment, text: string) {
  return request<{ data: Comment }>("PATCH", path(object, id, "comments", comment.id), {
    body: { text },
    headers: { "If-Match": `"${comment.version}"` },
  });
}

/** Takes back what one has said. */
export function deleteComment(object: string, id: string, comment: Comment): Promise<void> {
  return request<void>("DELETE", path(object, id, "comments", comment.id), {
    headers: { "If-Match": `"${comment.version}"` },
  });
}
