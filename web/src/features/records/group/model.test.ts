import { describe, expect, it } from "vitest";
import { daysIn, type Group, Layout } from "./model";

const group = (key: string, count: number): Group => ({ key, value: key, count, totals: {} });

describe("the days of a unit of time", () => {
  it.each([
    ["day", "2026-11-21", "2026-11-21", "2026-11-21"],
    ["week", "2026-W47", "2026-11-16", "2026-11-22"],
    ["week", "2026-W01", "2025-12-29", "2026-01-04"],
    ["month", "2026-02", "2026-02-01", "2026-02-28"],
    ["quarter", "2026-Q4", "2026-10-01", "2026-12-31"],
    ["year", "2024", "2024-01-01", "2024-12-31"],
    ["fiscal_quarter", "FY2026-Q1", "2025-04-01", "2025-06-30"],
    ["fiscal_quarter", "FY2026-Q4", "2026-01-01", "2026-03-31"],
    ["fiscal_year", "FY2026", "2025-04-01", "2026-03-31"],
  ])("by %s: %s", (by, label, first, last) => {
    expect(daysIn(by, label, 4)).toEqual([first, last]);
  });

  it("are those of the calendar where fiscal years begin with it", () => {
    expect(daysIn("fiscal_year", "FY2026", 1)).toEqual(["2026-01-01", "2026-12-31"]);
    expect(daysIn("fiscal_quarter", "FY2026-Q2", 1)).toEqual(["2026-04-01", "2026-06-30"]);
  });
});

describe("the rows of groups", () => {
  it("are a heading and its records, or a heading alone", () => {
    const layout = new Layout([group("a", 2), group("b", 100_000), group("c", 1)], new Set(["b"]));
    expect(layout.length).toBe(6);
    const rows = Array.from({ length: 6 }, (_, row) => layout.at(row));
    expect(rows).toEqual([
      { group: 0, place: -1 },
      { group: 0, place: 0 },
      { group: 0, place: 1 },
      { group: 1, place: -1 },
      { group: 2, place: -1 },
      { group: 2, place: 0 },
    ]);
  });
});
