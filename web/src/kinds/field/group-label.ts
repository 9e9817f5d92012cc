import type { TFunction } from "i18next";
import type { Field } from "@/api/catalog";
import type { Included, Value } from "@/api/types";
import type { Formatter } from "@/lib/format";
import { lookOf } from "./kinds";

/** What is needed to name a group. */
export interface Naming {
  readonly format: Formatter;
  readonly t: TFunction;
  readonly included: Included;
}

/** The name of a group: the value of its field in words, or a unit of time. */
export function groupLabel(
  field: Field | undefined,
  by: string | undefined,
  value: Value | undefined,
  { format, t, included }: Naming,
): string {
  if (value === null || value === undefined) return t("dashboard.none");
  if (by) return timeLabel(by, String(value), format, t);
  return field ? lookOf(field).text(value, { field, format, t, included }) : String(value);
}

/** A unit of time as people write it: 2026-W47 is 2026年第47周. */
function timeLabel(by: string, label: string, format: Formatter, t: TFunction): string {
  const [year = "", part = ""] = label.replace("FY", "").split(/-[WQ]?/);
  if (by === "day") return format.date(label);
  if (by === "week") return t("dashboard.week", { year, week: Number(part) });
  if (by === "quarter") return t("dashboard.quarter", { year, quarter: part });
  if (by === "fiscal_quarter") return t("dashboard.fiscalQuarter", { year, quarter: part });
  if (by === "fiscal_year") return t("dashboard.fiscalYear", { year });
  return by === "month" ? format.month(`${label}-01`) : label;
}
