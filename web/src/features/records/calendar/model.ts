import type { Field } from "@/api/catalog";
import type { Values } from "@/api/types";
import { addDays, addMonths } from "@/lib/days";
import { civilDate, civilTime, daysBetween, instantAt } from "@/lib/format";
import type { ListRow } from "../list/use-rows";

declare global {
  namespace Intl {
    interface Locale {
      /** Newer than the library of types that this is checked with. */
      getWeekInfo?(): { readonly firstDay: number };
    }
  }
}

/** How much a calendar shows at once. */
export const spans = ["month", "week", "agenda"] as const;

/** One of them. */
export type Span = (typeof spans)[number];

/** A record on a calendar, from its first day through its last, as 2026-11-21; "" of no day yet. */
export interface Entry {
  readonly row: ListRow;
  readonly first: string;
  readonly last: string;
  /** When it begins, where days have hours: 14:05. */
  readonly time: string | null;
}

/** When a day begins for what is put on it. */
const firstHour = "09:00";

const daysInWeek = 7;

/** Whether a text is a date that there is. */
export function isDate(text: string | null): text is string {
  if (!text || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** The day on which weeks begin: 1 is Monday, 7 Sunday. */
export function weekStart(language: string, browser: string): number {
  if (language.startsWith("zh")) return 1;
  const region = browser.startsWith(language) ? browser : language;
  return new Intl.Locale(region).getWeekInfo?.().firstDay ?? daysInWeek;
}

/** The days of the week of a date. */
export function weekOf(date: string, start: number): readonly string[] {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  const first = addDays(date, -((weekday - start + 2 * daysInWeek) % daysInWeek));
  return Array.from({ length: daysInWeek }, (_, index) => addDays(first, index));
}

/** The days that are drawn around a date: whole weeks, or just the month. */
export function daysOf(span: Span, date: string, start: number): readonly string[] {
  if (span === "week") return weekOf(date, start);
  const first = `${date.slice(0, 8)}01`;
  const last = addDays(addMonths(first, 1), -1);
  const from = span === "agenda" ? first : (weekOf(first, start)[0] ?? first);
  const through = span === "agenda" ? last : (weekOf(last, start)[6] ?? last);
  return Array.from({ length: daysBetween(from, through) + 1 }, (_, index) => addDays(from, index));
}

/** The same place one page further or back. */
export function turned(span: Span, date: string, pages: number): string {
  return span === "week" ? addDays(date, daysInWeek * pages) : addMonths(date, pages);
}

/** The filter that finds what lies on some days among the records of the view. */
export function whereDays(
  where: string,
  start: Field,
  end: Field | undefined,
  days: readonly string[],
): string {
  const day = (field: Field) => (field.field === "datetime" ? `date(${field.name})` : field.name);
  const [first, last] = [days[0] ?? "", days[days.length - 1] ?? ""];
  const from = `${day(start)} >= date("${first}")`;
  const own = [
    `${day(start)} <= date("${last}")`,
    end ? `(${from} || ${day(end)} >= date("${first}"))` : from,
  ].join(" && ");
  return where ? `(${where}) && ${own}` : own;
}

/** The filter that finds what has no day yet among the records of the view. */
export function whereUndated(where: string, start: Field): string {
  const own = `${start.name} == null`;
  return where ? `(${where}) && ${own}` : own;
}

/** A record as an entry. */
export function entryOf(
  row: ListRow,
  start: Field,
  end: Field | undefined,
  timezone: string,
): Entry {
  const from = row.record[start.name];
  if (typeof from !== "string") return { row, first: "", last: "", time: null };
  const timed = start.field === "datetime";
  const dayOf = (value: string) => (timed ? civilDate(value, timezone) : value.slice(0, 10));
  const through = end ? row.record[end.name] : null;
  const first = dayOf(from);
  const last = typeof through === "string" ? dayOf(through) : first;
  return {
    row,
    first,
    last: daysBetween(first, last) > 0 ? last : first,
    time: timed ? civilTime(from, timezone) : null,
  };
}

/** The entries of each day, the earlier first; what goes on from the day before comes first of all. */
export function byDay(
  entries: readonly Entry[],
  days: readonly string[],
): ReadonlyMap<string, readonly Entry[]> {
  const key = (entry: Entry, day: string) => (entry.first < day ? "" : (entry.time ?? "0"));
  return new Map(
    days.map((day) => [
      day,
      entries
        .filter((entry) => entry.first <= day && day <= entry.last)
        .toSorted((a, b) => key(a, day).localeCompare(key(b, day))),
    ]),
  );
}

/** A day as a value of a field: the day itself, or the hour at which it begins. */
export function valueOn(day: string, start: Field, timezone: string): string {
  return start.field === "datetime" ? instantAt(day, firstHour, timezone) : day;
}

/** What is written to move a record to a day: its time of day and its length stay. */
export function valuesOn(
  { row, first }: Entry,
  day: string,
  start: Field,
  end: Field | undefined,
  timezone: string,
): Values {
  if (!first) return { [start.name]: valueOn(day, start, timezone) };
  const days = daysBetween(first, day);
  const shift = (value: string) =>
    start.field === "datetime"
      ? instantAt(addDays(civilDate(value, timezone), days), civilTime(value, timezone), timezone)
      : addDays(value.slice(0, 10), days);
  const fields = end ? [start, end] : [start];
  return Object.fromEntries(
    fields.flatMap(({ name }) => {
      const value = row.record[name];
      return typeof value === "string" ? [[name, shift(value)]] : [];
    }),
  );
}

/**
 * What stands in the lines of each day of a week: an entry of several days keeps its line through
 * the week, so that it can be drawn across; null is a line that is empty above a taken one.
 */
export function linesOf(
  week: readonly string[],
  days: ReadonlyMap<string, readonly Entry[]>,
): ReadonlyMap<string, readonly (Entry | null)[]> {
  const lines = new Map<string, (Entry | null)[]>(week.map((day) => [day, []]));
  for (const day of week) {
    const own = lines.get(day) ?? [];
    const isLong = (entry: Entry) => entry.first < entry.last;
    const entries = (days.get(day) ?? []).filter((entry) => !own.includes(entry));
    for (const entry of [...entries.filter(isLong), ...entries.filter((one) => !isLong(one))]) {
      const free = own.indexOf(null);
      const at = free < 0 ? own.length : free;
      for (const held of week.filter((one) => day <= one && one <= entry.last)) {
        const line = lines.get(held) ?? [];
        while (line.length < at) line.push(null);
        line[at] = entry;
      }
    }
  }
  return lines;
}
