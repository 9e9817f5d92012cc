import type { TFunction } from "i18next";
import { asNumber, type Figure, type Period, type Unit } from "@/api/figures";
import { isPeriod } from "@/kinds/field/operators";
import type { Formatter } from "@/lib/format";

/** What stands where there is no figure, such as a share of nothing. */
export const noFigure = "—";

const long = 100_000;

/** A figure in full: 1,283,000, ¥1,283,000.00, 38.5%. */
export function figureText(
  format: Formatter,
  unit: Unit,
  value: number | string | null,
  decimals = 2,
): string {
  const number = asNumber(value);
  if (number === null || value === null) return noFigure;
  if (unit.format === "percent") return `${format.rounded(number, decimals)}%`;
  if (unit.format === "money" && unit.currency) {
    return format.money(number.toFixed(decimals), unit.currency);
  }
  return format.rounded(value, decimals);
}

/** A figure in few characters: 128.3万, CN¥1.28M. */
export function briefText(
  format: Formatter,
  unit: Unit,
  value: number | string | null,
  decimals = 2,
): string {
  const number = asNumber(value);
  if (number === null || Math.abs(number) < long || unit.format === "percent") {
    return figureText(format, unit, value, decimals);
  }
  return format.short(String(number), unit.format === "money" ? unit.currency : undefined);
}

/** How much a figure is above or below the one before: +20%, of shares +1.5 points. */
export function differenceText(
  format: Formatter,
  t: TFunction,
  unit: Unit,
  now: Figure,
  before: Figure,
): string | null {
  const [a, b] = [asNumber(now.value), asNumber(before.value)];
  if (a === null || b === null) return null;
  const signed = (value: number) => `${value > 0 ? "+" : ""}${format.rounded(value, 1)}`;
  if (unit.format === "percent") return t("dashboard.points", { value: signed(a - b) });
  if (b === 0) return null;
  return `${signed(((a - b) / Math.abs(b)) * 100)}%`;
}

/** The days that a figure is about. */
export function periodText(format: Formatter, t: TFunction, period: Period | null): string {
  if (!period) return "";
  if (period.name && isPeriod(period.name)) return t(`period.${period.name}`);
  if (period.from === period.to) return format.date(period.from);
  if (isMonth(period)) return format.month(period.from);
  return format.dayRange(period.from, period.to);
}

/** Whether days are a month from its first to its last. */
function isMonth({ from, to }: Period): boolean {
  const next = new Date(Date.parse(to) + day);
  return from.endsWith("-01") && from.slice(0, 7) === to.slice(0, 7) && next.getUTCDate() === 1;
}

const day = 86_400_000;

/** The list of the records behind a figure. */
export function listOf(figure: { readonly object?: string; readonly where: string }): string {
  return `/o/${figure.object}?where=${encodeURIComponent(figure.where)}`;
}
