import { queryOptions } from "@tanstack/react-query";
import { request, requestData } from "./client";
import { keys } from "./keys";
import type { Included } from "./types";

/** With whom a record can be shared. */
export const recipientKinds = ["user", "department", "team", "role"] as const;

/** One of them. */
export type RecipientKind = (typeof recipientKinds)[number];

/** What a share is for. */
export type ShareAccess = "read" | "update";

/** With whom a record is shared: one of the kinds, by id, a role by its name. */
export type Recipient = Readonly<Partial<Record<RecipientKind, string>>>;

/** A record opened to somebody. */
export interface Share {
  readonly id: string;
  readonly to: Recipient;
  readonly access: ShareAccess;
  /** When it ends by itself; without, it lasts. */
  readonly until: string | null;
  readonly by: string;
  readonly at: string;
}

/** What is asked of the server for a share. */
export type Offer = Pick<Share, "to" | "access" | "until">;

/** The shares of a record, and whether the caller may add to them and end them. */
interface Shares {
  readonly data: readonly Share[];
  readonly can: { readonly share: boolean };
  readonly included: Included;
}

const path = (object: string, id: string) => `/records/${object}/${id}/shares`;

/** With whom a record is shared; for who may not update it, the fault forbidden. */
export function sharesQuery(object: string, id: string) {
  return queryOptions({
    queryKey: keys.shares(object, id),
    queryFn: ({ signal }) => request<Shares>("GET", path(object, id), { signal }),
    retry: false,
  });
}

/** Shares a record; a share with the same recipient gives way. */
export function shareRecord(object: string, id: string, offer: Offer): Promise<Share> {
  return requestData<Share>("POST", path(object, id), { body: offer });
}

/** Ends a share, at once. */
export function endShare(object: string, id: string, share: string): Promise<void> {
  return request<void>("DELETE", `${path(object, id)}/${share}`);
}

/** Of which kind the recipient is, and its id or name. */
export function recipientOf(to: Recipient): { readonly kind: RecipientKind; readonly id: string } {
  const kind = recipientKinds.find((one) => to[one]) ?? "user";
  return { kind, id: to[kind] ?? "" };
}
