import type { Field } from "@/api/catalog";
import type { Values } from "@/api/types";
import { lookOf } from "@/kinds/field/kinds";
import { codes } from "@/kinds/field/select";

/** A column of a board: the records that have one value, or none. */
export interface Column {
  /** The value; "" of the records without one. */
  readonly key: string;
  readonly value: string | null;
  readonly title: string;
  readonly hue: string | undefined;
  readonly count: number;
  /** The sums of the fields that are summed, in their order; null of nothing. */
  readonly totals: readonly (string | null)[];
}

interface Naming {
  /** What a person is called. */
  readonly person: (id: string) => string;
  /** What the records without a value are called. */
  readonly none: string;
}

/** The figure of a group that counts its records, and those that sum a field. */
export const countName = "count_of_records";
export const totalName = (at: number) => `total_${at}`;

/**
 * The columns of a board: the options in their order, or the people who have records, and those
 * without a value first when there are any. An option that is no longer offered stays while
 * records have it.
 */
export function columnsOf(
  field: Field,
  totals: number,
  figures: readonly Values[],
  naming: Naming,
): readonly Column[] {
  const rows = new Map(figures.map((row) => [String(row[field.name] ?? ""), row]));
  const column = (key: string, title: string, hue?: string): Column => {
    const row = rows.get(key);
    return {
      key,
      value: key || null,
      title,
      hue,
      count: Number(row?.[countName] ?? 0),
      totals: Array.from({ length: totals }, (_, at) => {
        const total = row?.[totalName(at)] ?? null;
        return total === null ? null : String(total);
      }),
    };
  };
  const own = field.oneOf
    ? field.oneOf
        .filter((option) => option.active !== false || rows.has(option.const))
        .map((option) => column(option.const, option.title, option.color))
    : [...rows.keys()].filter(Boolean).map((id) => column(id, naming.person(id)));
  const sorted = field.oneOf ? own : own.toSorted((a, b) => a.title.localeCompare(b.title));
  return rows.has("") ? [column("", naming.none), ...sorted] : sorted;
}

/** The filter that finds the records of one column among those of the board. */
export function whereColumn(where: string, field: Field, value: string | null): string {
  const own = `${field.name} == ${value === null ? "null" : lookOf(field).literal(value)}`;
  return where ? `(${where}) && ${own}` : own;
}

/** The columns as they look while records are on their way: those that leave, those that arrive. */
export function withMoves(
  columns: readonly Column[],
  moves: readonly { readonly from: string; readonly to: string }[],
): readonly Column[] {
  return columns.map((column) => {
    const gone = moves.filter((move) => move.from === column.key && move.to !== column.key).length;
    const come = moves.filter((move) => move.to === column.key && move.from !== column.key).length;
    return { ...column, count: column.count - gone + come };
  });
}

/** The column that a record stands in. */
export function columnKey(values: Values, field: Field): string {
  return codes(values[field.name] ?? null)[0] ?? "";
}

/** The column beside one, some steps on; the last there is at the end. */
export function beside(columns: readonly Column[], key: string, steps: number): string {
  const at = columns.findIndex((column) => column.key === key) + steps;
  return columns[Math.max(0, Math.min(at, columns.length - 1))]?.key ?? key;
}
