import type { Catalog, Field } from "@/api/catalog";
import { mayWrite, type RecordAnswer, type Value, type Values } from "@/api/types";

/** One of the two records that are compared: the left one, or the right one. */
export type Side = 0 | 1;

/** Which record stays, and of which of the two each field's value is. */
export interface Picks {
  readonly stays: Side;
  readonly sides: Readonly<Record<string, Side>>;
}

const isEmpty = (value: Value | undefined) =>
  value === null || value === undefined || (Array.isArray(value) && value.length === 0);

/** Whether two values are the same, however they are written. */
function same(a: Value | undefined, b: Value | undefined): boolean {
  return (isEmpty(a) && isEmpty(b)) || JSON.stringify(a) === JSON.stringify(b);
}

/** The fields in which two records differ and that are not worked out or made by the system. */
export function differing(
  catalog: Catalog,
  object: string,
  records: readonly [RecordAnswer, RecordAnswer],
): readonly Field[] {
  const [left, right] = records;
  return catalog
    .fields(object)
    .filter((field) => !field.system && field.field !== "lines" && field.field !== "rollup")
    .filter((field) => !same(left.data[field.name], right.data[field.name]));
}

/** Whether the value of a field can be chosen. */
export function choosable(field: Field, stays: RecordAnswer): boolean {
  return mayWrite(field.can) && mayWrite(stays.can.fields?.[field.name]);
}

/** All of one side, filled from the other where it has nothing. */
export function picksOf(
  side: Side,
  fields: readonly Field[],
  records: readonly [RecordAnswer, RecordAnswer],
): Picks {
  const other: Side = side === 0 ? 1 : 0;
  const sides = fields.map((field) => [
    field.name,
    isEmpty(records[side].data[field.name]) ? other : side,
  ]);
  return { stays: side, sides: Object.fromEntries(sides) };
}

/** The values that the record which stays gets from the other one. */
export function valuesOf(
  picks: Picks,
  fields: readonly Field[],
  records: readonly [RecordAnswer, RecordAnswer],
): Values {
  const other: Side = picks.stays === 0 ? 1 : 0;
  const taken = fields.filter(
    (field) => picks.sides[field.name] === other && choosable(field, records[picks.stays]),
  );
  return Object.fromEntries(
    taken.map((field) => [field.name, records[other].data[field.name] ?? null]),
  );
}
