import { queryOptions } from "@tanstack/react-query";
import { idempotencyKey, requestData } from "./client";
import { keys } from "./keys";
import type { Values } from "./types";

/** A record that may be what a record is to become. */
export interface Match {
  readonly id: string;
  readonly display: string;
  /** How alike they are, from 0 to 1. */
  readonly score: string;
  /** The fields that were compared. */
  readonly fields: readonly string[];
}

/** One of the records that a record would become. */
export interface ConversionTarget {
  readonly object: string;
  readonly optional: boolean;
  readonly create: boolean;
  readonly values: Values;
  readonly matches: readonly Match[];
}

/** What a record became. */
export interface Conversion {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly undo_until: string;
  readonly carried: number;
  readonly targets: readonly {
    readonly object: string;
    readonly id: string;
    readonly display: string;
    readonly created: boolean;
  }[];
}

/** What a record would become, or became. */
export interface ConversionOffer {
  readonly conversion: Conversion | null;
  readonly targets: readonly ConversionTarget[];
  readonly carried: number;
}

/** What is to be done about a target: a new record, one that is there, or nothing. */
export interface ConversionChoice {
  readonly use?: string;
  readonly skip?: boolean;
  readonly values?: Values;
}

const path = (object: string, id: string, rest: string) =>
  `/records/${encodeURI(object)}/${encodeURI(id)}/${rest}`;

/** What a record would become, or became. */
export function conversionQuery(object: string, id: string) {
  return queryOptions({
    queryKey: keys.conversion(object, id),
    queryFn: ({ signal }) =>
      requestData<ConversionOffer>("GET", path(object, id, "conversion"), { signal }),
    retry: false,
  });
}

/** Makes of a record what was chosen; asked again, nothing more is made. */
export function convertRecord(
  object: string,
  id: string,
  targets: Readonly<Record<string, ConversionChoice>>,
): Promise<Conversion> {
  return requestData<Conversion>("POST", path(object, id, "actions/convert"), {
    query: { allow: "duplicates" },
    body: { targets },
    headers: { "Idempotency-Key": idempotencyKey() },
  });
}

/** Takes a conversion back. */
export function undoConversion(object: string, id: string): Promise<Conversion> {
  return requestData<Conversion>("POST", path(object, id, "actions/undo_convert"), { body: {} });
}
