import type { Field } from "@/api/catalog";
import type { Value, Values } from "@/api/types";
import { lookOf } from "@/kinds/field/kinds";
import { addDays, addMonths } from "@/lib/days";

/** The units of time that a date is grouped by. */
export const units = [
  "day",
  "week",
  "month",
  "quarter",
  "year",
  "fiscal_quarter",
  "fiscal_year",
] as const;

/** The unit that is meant when none is chosen. */
export const usualUnit = "month";

const kinds = ["select", "user", "lookup", "department", "boolean", "date", "datetime"];

/** Whether the records of a list can be grouped by a field. */
export function groupable(field: Field): boolean {
  return kinds.includes(field.field) && (field.field !== "select" || field.oneOf !== undefined);
}

/** Whether a field is grouped by a unit of time. */
export function isTimed(field: Field): boolean {
  return field.field === "date" || field.field === "datetime";
}

/** Whether sums of a field say something. */
export function summable(field: Field): boolean {
  return ["integer", "decimal", "money"].includes(field.field);
}

/** Records that have the same value, or none. */
export interface Group {
  /** The value, as the address and a filter write it; "" of none. */
  readonly key: string;
  readonly value: Value;
  readonly count: number;
  readonly totals: Values;
}

/** The figure of a group that counts its records. */
export const countName = "count_of_records";

/** The figure of a group that sums a field. */
export function totalName(field: Field): string {
  return `total_of_${field.name}`.slice(0, 48);
}

/** The groups in the order of their values: options as they are defined, names by the alphabet. */
export function groupsOf(
  field: Field,
  figures: readonly Values[],
  nameOf: (value: Value) => string,
): readonly Group[] {
  const groups = figures.map((row) => {
    const value = row[field.name] ?? null;
    return {
      key: value === null ? "" : String(value),
      value,
      count: Number(row[countName] ?? 0),
      totals: row,
    };
  });
  const options = field.oneOf?.map((option) => option.const);
  const before = (a: Group, b: Group): number => {
    if (a.value === null || b.value === null) return a.value === null ? 1 : -1;
    if (options) return options.indexOf(a.key) - options.indexOf(b.key);
    if (isTimed(field) || field.field === "boolean") return a.key < b.key ? 1 : -1;
    return nameOf(a.value).localeCompare(nameOf(b.value));
  };
  return groups.toSorted(before);
}

/** The filter that finds the records of one group among those of the list. */
export function whereGroup(
  where: string,
  field: Field,
  by: string | undefined,
  group: Group,
  fiscalStart: number,
) {
  const own = by && group.key ? within(field, by, group.key, fiscalStart) : equal(field, group.key);
  return where ? `(${where}) && ${own}` : own;
}

function equal(field: Field, key: string): string {
  return `${field.name} == ${key === "" ? "null" : lookOf(field).literal(key)}`;
}

function within(field: Field, by: string, label: string, fiscalStart: number): string {
  const [first, last] = daysIn(by, label, fiscalStart);
  const day = field.field === "datetime" ? `date(${field.name})` : field.name;
  return `${day} >= date("${first}") && ${day} <= date("${last}")`;
}

/**
 * The first and the last day of a unit of time: of 2026-W47, 2026-11, 2026-Q4, 2026, FY2026-Q4, FY2026,
 * where fiscal years begin in a month and have the name of the year in which they end.
 */
export function daysIn(by: string, label: string, fiscalStart: number): readonly [string, string] {
  const [year = "", part = ""] = label.replace("FY", "").split(/-[WQ]?/);
  if (by === "day") return [label, label];
  if (by === "week") {
    // The fourth of January always lies in the first week.
    const fourth = `${year}-01-04`;
    const weekday = (new Date(`${fourth}T00:00:00Z`).getUTCDay() + 6) % 7;
    const first = addDays(fourth, 7 * (Number(part) - 1) - weekday);
    return [first, addDays(first, 6)];
  }
  if (by === "month")
    return [`${year}-${part}-01`, addDays(addMonths(`${year}-${part}-01`, 1), -1)];
  const fiscal = by.startsWith("fiscal_");
  const quarters = by.endsWith("quarter") ? Number(part) - 1 : 0;
  const begin = fiscal && fiscalStart > 1 ? Number(year) - 1 : Number(year);
  const start = `${begin}-${String(fiscal ? fiscalStart : 1).padStart(2, "0")}-01`;
  const first = addMonths(start, 3 * quarters);
  const months = by.endsWith("quarter") ? 3 : 12;
  return [first, addDays(addMonths(first, months), -1)];
}

/** Where the rows of a list of groups are: each heading, and the records of those that are open. */
export class Layout {
  readonly length: number;
  private readonly starts: readonly number[];

  constructor(groups: readonly Group[], folded: ReadonlySet<string>) {
    let at = 0;
    this.starts = groups.map((group) => {
      const start = at;
      at += 1 + (folded.has(group.key) ? 0 : group.count);
      return start;
    });
    this.length = at;
  }

  /** The group of a row, and its place among the group's records; -1 is the heading. */
  at(row: number): { readonly group: number; readonly place: number } {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.starts[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return { group: low, place: row - (this.starts[low] ?? 0) - 1 };
  }
}
