import { queryOptions } from "@tanstack/react-query";
import { request, requestData } from "./client";
import { keys } from "./keys";
import type { Included, Value, Values } from "./types";

/** What the reader of a dashboard chose: a period by its name or its days, and whose records. */
export interface FigureFilter {
  readonly period?: string;
  readonly from?: string;
  readonly to?: string;
  readonly owner?: string;
  readonly department?: string;
}

/** The days that a figure is about; `to` is the last. */
export interface Period {
  readonly name?: string;
  readonly from: string;
  readonly to: string;
}

/** How a figure is written. */
export interface Unit {
  readonly format: "number" | "percent" | "money";
  readonly currency?: string;
}

/** A value with the records behind it. */
export interface Figure {
  readonly value: number | string | null;
  readonly object?: string;
  readonly where: string;
  readonly period: Period | null;
  readonly parts?: readonly Part[];
}

/** The figure of a metric that a formula names. */
export interface Part {
  readonly metric: string;
  readonly title: string;
  readonly value: number | string | null;
  readonly object: string;
  readonly where: string;
}

/** The answer to a metric. */
export interface MetricAnswer extends Figure, Unit {
  readonly at: string;
  readonly previous: Figure | null;
}

/** The figures of one group of records. */
export interface Group {
  readonly values: Values;
  readonly where: string;
}

/** The answer to a report. */
export interface ReportAnswer {
  readonly data: {
    readonly object: string;
    readonly where: string;
    readonly period: Period | null;
    readonly at: string;
    readonly units: Readonly<Record<string, Unit>>;
    readonly groups: readonly Group[];
    readonly more: boolean;
  };
  readonly included: Included;
}

/** A metric's figure under a filter. */
export function metricQuery(name: string, filter: FigureFilter) {
  return queryOptions({
    queryKey: keys.evaluation("metric", name, filter),
    queryFn: ({ signal }) =>
      requestData<MetricAnswer>("POST", `/metrics/${name}/_evaluate`, { body: filter, signal }),
    retry: false,
  });
}

/** A report's figures under a filter. */
export function reportQuery(name: string, filter: FigureFilter) {
  return queryOptions({
    queryKey: keys.evaluation("report", name, filter),
    queryFn: ({ signal }) =>
      request<ReportAnswer>("POST", `/reports/${name}/_evaluate`, { body: filter, signal }),
    retry: false,
  });
}

/** A figure as a number, for drawing; null where there is none. */
export function asNumber(value: Value | undefined): number | null {
  if (value === null || value === undefined || typeof value === "object") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}
