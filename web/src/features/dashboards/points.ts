import type { TFunction } from "i18next";
import type { Catalog } from "@/api/catalog";
import type { ReportDefinition } from "@/api/definitions";
import { asNumber, type Group, type ReportAnswer } from "@/api/figures";
import type { Value } from "@/api/types";
import type { ChartPoint } from "@/components/charts/chart";
import { groupLabel, type Naming } from "@/kinds/field/group-label";
import { briefText, figureText, listOf } from "./figure-text";

/** What a report's measures are called. */
export function seriesOf(catalog: Catalog, report: ReportDefinition, t: TFunction): string[] {
  return report.measures.map((measure) => {
    const field = measure.field ? catalog.field(report.object, measure.field)?.title : undefined;
    return measure.title ?? field ?? t("dashboard.count");
  });
}

/** What a report's chart is drawn from. */
export function pointsOf(
  catalog: Catalog,
  report: ReportDefinition,
  { data }: ReportAnswer,
  naming: Naming,
): readonly ChartPoint[] {
  return data.groups.map((group) => ({
    key: report.groups.map(({ field }) => String(group.values[field] ?? null)).join("."),
    ...shortLabel(report, group, naming),
    label: report.groups
      .map(({ field, by }) =>
        groupLabel(catalog.field(report.object, field), by, group.values[field], naming),
      )
      .join(" · "),
    values: report.measures.map((measure) => asNumber(group.values[measure.name])),
    texts: report.measures.map((measure) => {
      const unit = data.units[measure.name] ?? { format: "number" as const };
      return briefText(naming.format, unit, plainValue(group.values[measure.name]));
    }),
    to: listOf({ object: data.object, where: group.where }),
  }));
}

/** Months are known without their year, next to each other. */
function shortLabel(report: ReportDefinition, group: Group, { format }: Naming) {
  const [first] = report.groups;
  const value = group.values[first?.field ?? ""];
  if (first?.by !== "month" || typeof value !== "string") return {};
  return { short: format.monthOfYear(`${value}-01`) };
}

/** A measure of a group in full; of days and moments, as it is. */
export function measureText(
  answer: ReportAnswer,
  measure: string,
  value: Value | undefined,
  { format }: Naming,
): string {
  const unit = answer.data.units[measure] ?? { format: "number" as const };
  if (typeof value === "string" && asNumber(value) === null) {
    return value.includes("T") ? format.instant(value) : format.date(value);
  }
  return figureText(format, unit, plainValue(value));
}

function plainValue(value: Value | undefined): number | string | null {
  return typeof value === "number" || typeof value === "string" ? value : null;
}
