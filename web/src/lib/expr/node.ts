import type { Decimal } from "decimal.js";

/** What sort of value a node has. "null" is the null literal's, which goes with every other. */
export type Kind =
  | "null"
  | "boolean"
  | "number"
  | "text"
  | "date"
  | "datetime"
  | "set"
  | "record"
  | "json";

/**
 * A checked expression as the server sends it (expr.Node in Go): a literal, a field, or an operator
 * or function with its arguments.
 */
export interface Node {
  readonly op: string;
  readonly type: Kind;
  readonly value?: boolean | string | readonly string[];
  readonly path?: readonly string[];
  readonly args?: readonly Node[];
}

/**
 * A value. Days ("2026-11-21") and instants ("2026-11-21T08:00:00.000Z", always UTC and
 * milliseconds) are the texts that records have on the wire: they sort as they are. Empty texts and
 * empty sets are null.
 */
export type Value = null | boolean | string | Decimal | readonly string[];

/** All that an expression may read. Values are those of the wire; what is left out gives null. */
export interface Input {
  readonly record?: (path: readonly string[]) => unknown;
  readonly prior?: (path: readonly string[]) => unknown;
  readonly me?: (name: string) => unknown;
  readonly now: Date;
  /** The IANA name of the zone that today() is in; UTC when left out. */
  readonly zone?: string;
}
