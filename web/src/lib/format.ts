/** How values are written for people: everything through Intl, in one language and one time zone. */

import { writeDuration } from "./duration";

/** A reader's language and time zone. */
export interface Reader {
  readonly language: string;
  readonly timezone: string;
  /** How the last moments are called. */
  readonly justNow: string;
  /** The currency of his organisation. */
  readonly currency?: string;
}

const day = 86_400_000;
const chineseMobile = /^\+86(1\d{2})(\d{4})(\d{4})$/;
const chineseService = /^\+86([48]00)(\d{3})(\d{4})$/;
const chineseLine = /^\+86(10|2\d|[3-9]\d{2})(\d{3,4})(\d{4})$/;
const otherPhone = /^\+(\d{1,3})(\d{3})(\d{3,4})(\d{3,4})$/;

/** Writes values for one reader. */
export class Formatter {
  readonly reader: Reader;
  private readonly dateFormats = new Map<string, Intl.DateTimeFormat>();
  private readonly numbers: Intl.NumberFormat;

  constructor(reader: Reader) {
    this.reader = reader;
    this.numbers = new Intl.NumberFormat(reader.language, { maximumFractionDigits: 20 });
  }

  private get chinese(): boolean {
    return this.reader.language.startsWith("zh");
  }

  /** A whole number with its groups, or an exact decimal: 1,283,000.5. */
  number(value: number | string): string {
    const text = String(value);
    return isDecimal(text) ? this.numbers.format(text) : text;
  }

  /** A percentage whose value is written as it is stored: 12.5 is 12.5%. */
  percent(value: number | string): string {
    return `${this.number(value)}%`;
  }

  /** A length of time in seconds: 1 h 30 min. */
  duration(seconds: number): string {
    return writeDuration(seconds, this.chinese);
  }

  /** An amount in its currency, with that currency's digits: ¥1,200.50. */
  money(amount: string, currency: string): string {
    if (!isDecimal(amount) || !/^[A-Z]{3}$/.test(currency)) return `${amount} ${currency}`;
    const digits = amount.split(".")[1]?.length ?? 0;
    return new Intl.NumberFormat(this.reader.language, {
      style: "currency",
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(amount);
  }

  /** An amount in the currency of the reader's organisation, such as one that was computed. */
  ownMoney(amount: string): string {
    return this.money(amount, this.reader.currency ?? "");
  }

  /** A large figure in short, perhaps an amount: 128.3万, ¥1.3M. */
  short(value: string, currency?: string): string {
    if (!isDecimal(value)) return value;
    const large = Math.abs(Number(value)) >= 10_000;
    return new Intl.NumberFormat(this.reader.language, {
      ...(currency && { style: "currency", currency, minimumFractionDigits: 0 }),
      ...(large && { notation: "compact" }),
      maximumFractionDigits: large ? 1 : 2,
    }).format(value);
  }

  /** A number with so many digits after the point, or fewer. */
  rounded(value: number | string, digits: number): string {
    const options = { maximumFractionDigits: digits };
    return new Intl.NumberFormat(this.reader.language, options).format(Number(value));
  }

  /** A civil date: 2026-11-21 in Chinese, 21 Nov 2026 in English. */
  date(iso: string): string {
    if (this.chinese) return iso.slice(0, 10);
    const at = new Date(`${iso.slice(0, 10)}T00:00:00Z`);
    if (Number.isNaN(at.getTime())) return iso;
    return this.dates("date", { day: "numeric", month: "short", year: "numeric" }, "UTC").format(
      at,
    );
  }

  /** The date of an instant where the reader is. */
  day(instant: string): string {
    return this.date(civilDate(instant, this.reader.timezone));
  }

  /** A date with its weekday: 2026年11月21日周六, Sat, 21 Nov 2026. */
  longDay(date: string): string {
    const month = this.chinese ? "long" : "short";
    const options = { weekday: "short", day: "numeric", month, year: "numeric" } as const;
    return this.dates("longDay", options, "UTC").format(new Date(`${date}T00:00:00Z`));
  }

  /** The day of an instant as one says it: today, yesterday; further off, its date. */
  nearDay(instant: string, now = new Date()): string {
    const zone = this.reader.timezone;
    const date = civilDate(instant, zone);
    const days = daysBetween(civilDate(now.toISOString(), zone), date);
    if (Math.abs(days) > 1) return this.longDay(date);
    return new Intl.RelativeTimeFormat(this.reader.language, { numeric: "auto" }).format(
      days,
      "day",
    );
  }

  /** The weekday of a date: 周六, Sat. */
  weekday(date: string): string {
    return this.dates("weekday", { weekday: "short" }, "UTC").format(new Date(`${date}T00:00:00Z`));
  }

  /** The month of a date: 2026年11月, November 2026. */
  month(date: string): string {
    const options = { month: "long", year: "numeric" } as const;
    return this.dates("month", options, "UTC").format(new Date(`${date}T00:00:00Z`));
  }

  /** The month of a date without its year: 11月, Nov. */
  monthOfYear(date: string): string {
    return this.dates("monthOfYear", { month: "short" }, "UTC").format(
      new Date(`${date}T00:00:00Z`),
    );
  }

  /** From one date through another. */
  dayRange(from: string, through: string): string {
    const month = this.chinese ? "long" : "short";
    const options = { day: "numeric", month, year: "numeric" } as const;
    const [first, last] = [new Date(`${from}T00:00:00Z`), new Date(`${through}T00:00:00Z`)];
    return this.dates("range", options, "UTC").formatRange(first, last);
  }

  /** The time of an instant where the reader is: 14:05. */
  time(instant: string): string {
    const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
    return this.dates("time", options).format(new Date(instant));
  }

  /** An instant: its date and its time. */
  instant(instant: string): string {
    if (Number.isNaN(Date.parse(instant))) return instant;
    return `${this.day(instant)} ${this.time(instant)}`;
  }

  /** An instant as one says it: 3 minutes ago, yesterday 09:12; after a week, its date. */
  ago(instant: string, now = new Date()): string {
    const at = new Date(instant);
    const seconds = Math.round((now.getTime() - at.getTime()) / 1000);
    const zone = this.reader.timezone;
    const days = daysBetween(civilDate(instant, zone), civilDate(now.toISOString(), zone));
    const relative = new Intl.RelativeTimeFormat(this.reader.language, { numeric: "auto" });
    if (seconds < 45 && seconds > -45) return this.reader.justNow;
    if (days === 0 && seconds > 0 && seconds < 3600) {
      return relative.format(-Math.max(1, Math.round(seconds / 60)), "minute");
    }
    if (days === 0 && seconds >= 3600) return relative.format(-Math.round(seconds / 3600), "hour");
    if (days > 0 && days < 8) return `${relative.format(-days, "day")} ${this.time(instant)}`;
    return this.instant(instant);
  }

  /** A phone number stored as E.164, in groups. */
  phone(stored: string): string {
    const whole = chineseMobile.exec(stored) ?? chineseService.exec(stored);
    if (whole) {
      const local = whole.slice(1).join(" ");
      return this.chinese ? local : `+86 ${local}`;
    }
    const line = chineseLine.exec(stored);
    if (line) {
      const local = line.slice(1).join(" ");
      return this.chinese ? `0${local}` : `+86 ${local}`;
    }
    const other = otherPhone.exec(stored);
    return other ? `+${other.slice(1).join(" ")}` : stored;
  }

  /** The size of a file: 1.9 MB. */
  bytes(size: number): string {
    const units = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;
    const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(size, 1)) / 3));
    return new Intl.NumberFormat(this.reader.language, {
      style: "unit",
      unit: units[step] ?? "byte",
      unitDisplay: step === 0 ? "long" : "short",
      maximumFractionDigits: step === 0 ? 0 : 1,
    }).format(size / 1000 ** step);
  }

  /** Several names as one list: A, B, and C. */
  list(items: readonly string[]): string {
    return new Intl.ListFormat(this.reader.language, { type: "conjunction" }).format(items);
  }

  /** Several names of which one holds: A, B, or C. */
  either(items: readonly string[]): string {
    return new Intl.ListFormat(this.reader.language, { type: "disjunction" }).format(items);
  }

  private dates(key: string, options: Intl.DateTimeFormatOptions, timeZone?: string) {
    const known = this.dateFormats.get(key);
    if (known) return known;
    const zone = timeZone ?? this.reader.timezone;
    const language = this.chinese ? "zh-CN" : "en-GB";
    const made = new Intl.DateTimeFormat(language, { ...options, timeZone: zone });
    this.dateFormats.set(key, made);
    return made;
  }
}

function isDecimal(text: string): text is `${number}` {
  return /^-?\d+(\.\d+)?$/.test(text);
}

/** The date of an instant in a time zone, as 2026-11-21. */
export function civilDate(instant: string, timeZone: string): string {
  const at = new Date(instant);
  if (Number.isNaN(at.getTime())) return instant;
  return new Intl.DateTimeFormat("en-CA", {
    timeZone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  }).format(at);
}

/** The time of day of an instant in a time zone, as 14:05. */
export function civilTime(instant: string, timeZone: string): string {
  const options = { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  return new Intl.DateTimeFormat("en-GB", options).format(new Date(instant));
}

/** The instant at which a clock in that zone shows this date and time. */
export function instantAt(date: string, time: string, timeZone: string): string {
  const guess = Date.parse(`${date}T${time.padEnd(5, "0").slice(0, 5)}:00Z`);
  let at = guess;
  // A second pass settles the hours around a change of summer time.
  for (let pass = 0; pass < 2; pass++) {
    const iso = new Date(at).toISOString();
    const shown = Date.parse(`${civilDate(iso, timeZone)}T${civilTime(iso, timeZone)}:00Z`);
    at += guess - shown;
  }
  return new Date(at).toISOString();
}

/** How many days the second date is after the first. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / day);
}
