const day = 86_400_000;
const firstDay = -719_162; // 0001-01-01, counted from 1970-01-01
const lastDay = 2_932_896; // 9999-12-31

/** The number of a day, counted from 1970-01-01. */
export const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / day;

/** The day with a number, or null where the calendar ends. */
export function dateOfNumber(number: number): string | null {
  if (!(number >= firstDay && number <= lastDay)) return null; // NaN too
  return new Date(number * day).toISOString().slice(0, 10);
}

/** The day that a text writes; null when the calendar does not have it. */
export function dateOf(text: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const number = dayNumber(text);
  return dateOfNumber(number) === text ? text : null;
}

const pattern =
  /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/;

/** The instant that a text writes, cut to milliseconds, as it is on the wire; null when it is none. */
export function instantOf(text: string): string | null {
  const match = pattern.exec(text);
  const date = match && dateOf(match[1] ?? "");
  if (!match || !date) return null;
  const part = (index: number): number => Number(match[index] ?? 0);
  const ahead = (match[6] === "-" ? -1 : 1) * (part(7) * 60 + part(8));
  const seconds = (part(2) * 60 + part(3) - ahead) * 60 + part(4);
  const milliseconds = Number(`${match[5] ?? ""}000`.slice(0, 3));
  return writeInstant(dayNumber(date) * day + seconds * 1000 + milliseconds);
}

/** Writes an instant; null where the calendar ends. */
export function writeInstant(time: number): string | null {
  return dateOfNumber(Math.floor(time / day)) && new Date(time).toISOString();
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** How far the clocks of a zone are ahead of UTC at a time, in milliseconds. */
function offset(time: number, zone: string): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formats.set(zone, format);
  }
  const parts: Record<string, number> = {};
  for (const part of format.formatToParts(time)) parts[part.type] = Number(part.value);
  const clock = new Date(0);
  clock.setUTCFullYear(parts.year ?? 0, (parts.month ?? 1) - 1, parts.day);
  clock.setUTCHours(parts.hour ?? 0, parts.minute, parts.second);
  return clock.getTime() - Math.floor(time / 1000) * 1000;
}

/** The day that a time falls on in a zone. */
export function dateIn(time: number, zone: string): string | null {
  return dateOfNumber(Math.floor((time + offset(time, zone)) / day));
}

/** When a day begins in a zone: at midnight, or at the first moment where the clocks skip it. */
function startOf(date: number, zone: string): number {
  const midnight = date * day;
  const before = offset(midnight - 15 * 3_600_000, zone);
  const after = offset(midnight + 13 * 3_600_000, zone);
  let [early, late] = [midnight - before, midnight - after];
  if (offset(early, zone) === before) return early;
  if (offset(late, zone) === after) return late;
  while (late < early) {
    const middle = late + Math.floor((early - late) / 2);
    if (offset(middle, zone) === after) early = middle;
    else late = middle + 1;
  }
  return early;
}

/** Tells whether a day or an instant lies in a period such as "last_7_days". */
export function within(moment: string, period: string, today: string, zone: string): boolean {
  const [from, to] = borders(period, today);
  if (moment.length === 10) return from <= dayNumber(moment) && dayNumber(moment) < to;
  const time = Date.parse(moment);
  return startOf(from, zone) <= time && time < startOf(to, zone);
}

/** The numbers of a period's first day and of the first day after it. */
function borders(period: string, today: string): [number, number] {
  const now = dayNumber(today);
  const [which, unit = ""] = period.split("_");
  const shift = which === "last" ? -1 : which === "next" ? 1 : 0;
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  switch (period) {
    case "today":
      return [now, now + 1];
    case "yesterday":
      return [now - 1, now];
    case "tomorrow":
      return [now + 1, now + 2];
  }
  switch (unit) {
    case "week": {
      const monday = now - (((now % 7) + 10) % 7) + 7 * shift; // 1970-01-01 was a Thursday
      return [monday, monday + 7];
    }
    case "month":
      return months(year, month + shift, 1);
    case "quarter":
      return months(year, month - ((month - 1) % 3) + 3 * shift, 3);
    case "year":
      return months(year + shift, 1, 12);
    default:
      return shift < 0 ? [now + 1 - Number(unit), now + 1] : [now + 1, now + 1 + Number(unit)];
  }
}

function months(year: number, month: number, count: number): [number, number] {
  const first = (month: number): number => new Date(0).setUTCFullYear(year, month - 1, 1) / day;
  return [first(month), first(month + count)];
}

/** A calendar as an expression carries it: the open minutes of each day, by day of the week and by date. */
interface Hours {
  readonly zone: string;
  readonly week: readonly Spans[];
  readonly days: Readonly<Record<string, Spans>>;
}

type Spans = readonly (readonly [from: number, to: number])[];

/** Tells whether an instant is in the working hours of a calendar. */
export function inHours(moment: string, calendar: string): boolean {
  const hours: Hours = JSON.parse(calendar);
  const time = Date.parse(moment);
  const wall = time + offset(time, hours.zone);
  const date = Math.floor(wall / day);
  const minute = Math.floor((wall - date * day) / 60_000);
  const weekday = (((date + 3) % 7) + 7) % 7; // 1970-01-01 was a Thursday
  const spans = hours.days[dateOfNumber(date) ?? ""] ?? hours.week[weekday] ?? [];
  return spans.some(([from, to]) => from <= minute && minute < to);
}
