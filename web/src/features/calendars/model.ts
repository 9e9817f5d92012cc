import type {
  CalendarDefinition,
  Exception,
  Holiday,
  Stretch,
  Texts,
  Weekday,
} from "@/api/calendars";
import { weekdays } from "@/api/calendars";
import { addDays } from "@/lib/days";

/** What holds on one day in place of the week, with what it is called in each language. */
export interface DayRule {
  readonly type: "off" | "work";
  /** Its own hours; otherwise those of the week. */
  readonly hours?: readonly Stretch[];
  readonly title?: string;
  readonly other?: Readonly<Record<string, string>>;
}

/** A calendar as somebody changes it: day by day. */
export interface Plan {
  readonly title: string;
  readonly description?: string;
  readonly timezone: string;
  readonly hours: Readonly<Record<Weekday, readonly Stretch[]>>;
  readonly days: ReadonlyMap<string, DayRule>;
}

const textPath = (name: string, from: string) => `calendar/${name}/exceptions/${from}/title`;

/** Opens the ranges of a calendar into days. */
export function opened(calendar: CalendarDefinition, texts: readonly Texts[]): Plan {
  const days = new Map<string, DayRule>();
  for (const { from, to = from, type, hours, title } of calendar.exceptions ?? []) {
    const path = textPath(calendar.name, from);
    const other = Object.fromEntries(
      texts.flatMap((one) => (one.texts[path] ? [[one.name, one.texts[path]]] : [])),
    );
    for (let day = from; day <= to; day = addDays(day, 1)) {
      days.set(day, {
        type,
        ...(hours && { hours }),
        ...(title && { title }),
        ...(Object.keys(other).length > 0 && { other }),
      });
    }
  }
  const week = (day: Weekday): readonly Stretch[] => calendar.hours[day] ?? [];
  return {
    title: calendar.title ?? calendar.name,
    ...(calendar.description && { description: calendar.description }),
    timezone: calendar.timezone ?? "",
    hours: {
      mon: week("mon"),
      tue: week("tue"),
      wed: week("wed"),
      thu: week("thu"),
      fri: week("fri"),
      sat: week("sat"),
      sun: week("sun"),
    },
    days,
  };
}

/** Days on end that are alike. */
export interface Stay {
  readonly from: string;
  readonly to: string;
  readonly rule: DayRule;
}

/** The longest that one exception may be. */
const longest = 366;

/** Joins days that follow one another and are alike. */
export function stays(days: ReadonlyMap<string, DayRule>): readonly Stay[] {
  const found: { from: string; to: string; rule: DayRule; count: number }[] = [];
  for (const day of [...days.keys()].sort()) {
    const rule = days.get(day);
    const last = found.at(-1);
    if (!rule) continue;
    if (last && addDays(last.to, 1) === day && last.count < longest && same(last.rule, rule)) {
      last.to = day;
      last.count += 1;
    } else found.push({ from: day, to: day, rule, count: 1 });
  }
  return found;
}

/** Whether two rules say the same. */
export const same = (a: DayRule | undefined, b: DayRule | undefined): boolean =>
  JSON.stringify(a && [a.type, a.hours, a.title, a.other]) ===
  JSON.stringify(b && [b.type, b.hours, b.title, b.other]);

/** The calendar as it is stored again. */
export function written(before: CalendarDefinition, plan: Plan): CalendarDefinition {
  const { timezone: _, exceptions: __, ...rest } = before;
  const exceptions = stays(plan.days).map(
    ({ from, to, rule }): Exception => ({
      from,
      ...(to !== from && { to }),
      type: rule.type,
      ...(rule.hours && { hours: rule.hours }),
      ...(rule.title && { title: rule.title }),
    }),
  );
  return {
    ...rest,
    title: plan.title,
    ...(plan.timezone && { timezone: plan.timezone }),
    hours: Object.fromEntries(
      weekdays.flatMap((day) => (plan.hours[day].length > 0 ? [[day, plan.hours[day]]] : [])),
    ),
    ...(exceptions.length > 0 && { exceptions }),
  };
}

/** The texts of the other languages as they are with it; those that stay as they were are left out. */
export function translated(
  before: CalendarDefinition,
  plan: Plan,
  texts: readonly Texts[],
): readonly Texts[] {
  const own = `calendar/${before.name}/`;
  return texts.flatMap((one) => {
    const kept = Object.entries(one.texts).filter(
      ([path]) =>
        !path.startsWith(`${own}exceptions/`) &&
        (path !== `${own}title` || plan.title === before.title),
    );
    const titles = stays(plan.days).flatMap(({ from, rule }): [string, string][] => {
      const text = rule.other?.[one.name];
      return text ? [[textPath(before.name, from), text]] : [];
    });
    const next = Object.fromEntries([...kept, ...titles]);
    const paths = new Set([...Object.keys(next), ...Object.keys(one.texts)]);
    const changed = [...paths].some((path) => next[path] !== one.texts[path]);
    return changed ? [{ ...one, texts: next }] : [];
  });
}

/** The number of the day of the week of a date, 0 on a Monday. */
export const weekdayOf = (day: string): number =>
  (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;

/** What a day is: by the week alone, or by an exception. */
export type DayState = "work" | "rest" | "off" | "extra" | "part";

/** The open stretches of a day, and what that makes of it. */
export function dayOf(plan: Plan, day: string): { state: DayState; hours: readonly Stretch[] } {
  const name = weekdays[weekdayOf(day)] ?? "mon";
  const usual = plan.hours[name];
  const rule = plan.days.get(day);
  if (!rule) return { state: usual.length > 0 ? "work" : "rest", hours: usual };
  if (rule.type === "off") return { state: "off", hours: [] };
  if (rule.hours?.length) return { state: "part", hours: rule.hours };
  const first = weekdays.map((one) => plan.hours[one]).find((hours) => hours.length > 0);
  return { state: "extra", hours: usual.length > 0 ? usual : (first ?? []) };
}

/** The days of a month in weeks from Monday, with null where the month has none. */
export function weeksOf(month: string): readonly (readonly (string | null)[])[] {
  const days: (string | null)[] = Array.from({ length: weekdayOf(`${month}-01`) }, () => null);
  for (let day = `${month}-01`; day.startsWith(month); day = addDays(day, 1)) days.push(day);
  while (days.length % 7 > 0) days.push(null);
  return Array.from({ length: days.length / 7 }, (_, week) => days.slice(7 * week, 7 * week + 7));
}

/** The months of a year: 2026-01 to 2026-12. */
export const monthsOf = (year: number): readonly string[] =>
  Array.from({ length: 12 }, (_, month) => `${year}-${String(month + 1).padStart(2, "0")}`);

const clock = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

/** Whether the stretches of a day are times, each after the one before. */
export function inOrder(hours: readonly Stretch[]): boolean {
  return hours.every(({ from, to }, at) => {
    const before = hours[at - 1];
    return clock.test(from) && clock.test(to) && from < to && (!before || before.to <= from);
  });
}

/** Sets what holds on days, or with null lets the week hold on them again. */
export function withDays(plan: Plan, from: string, to: string, rule: DayRule | null): Plan {
  const days = new Map(plan.days);
  for (let day = from; day <= to; day = addDays(day, 1)) {
    if (rule) days.set(day, rule);
    else days.delete(day);
  }
  return { ...plan, days };
}

/** A plan with holidays in it; the later of two holds where they meet. */
export function withHolidays(plan: Plan, holidays: readonly Holiday[]): Plan {
  return holidays.reduce(
    (next, { from, to, type, title }) =>
      withDays(next, from, to, { type, ...(title && { title }) }),
    plan,
  );
}

/** Whether all days of a holiday are as it says already. */
export function isKnown(plan: Plan, { from, to, type, title }: Holiday): boolean {
  for (let day = from; day <= to; day = addDays(day, 1)) {
    const rule = plan.days.get(day);
    const called = [rule?.title, ...Object.values(rule?.other ?? {})];
    if (rule?.type !== type || rule.hours || (title && !called.includes(title))) return false;
  }
  return true;
}

/** What the days of a holiday are called now, where they are something else than the week says. */
export function replaced(plan: Plan, { from, to }: Holiday): readonly DayRule[] {
  return stays(plan.days)
    .filter((stay) => stay.from <= to && from <= stay.to)
    .map((stay) => stay.rule);
}
