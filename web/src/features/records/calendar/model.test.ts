import { describe, expect, it } from "vitest";
import type { Field } from "@/api/catalog";
import { addMonths } from "@/lib/days";
import {
  byDay,
  daysOf,
  entryOf,
  linesOf,
  valuesOn,
  weekOf,
  weekStart,
  whereDays,
  whereUndated,
} from "./model";

const met: Field = { name: "met_at", field: "datetime", title: "Met", required: false };
const until: Field = { name: "until", field: "datetime", title: "Until", required: false };
const due: Field = { name: "due", field: "date", title: "Due", required: false };
const row = (values: Record<string, string | null>) => ({
  record: { id: "r1", version: 1, ...values },
  included: {},
});
const zone = "Asia/Shanghai";

describe("the days of a calendar", () => {
  it("begin on Monday in Chinese and as the browser's region has it in English", () => {
    expect(weekStart("zh-CN", "en-US")).toBe(1);
    expect(weekOf("2026-11-22", 1)[0]).toBe("2026-11-16");
    expect(weekOf("2026-11-22", 7)[0]).toBe("2026-11-22");
  });

  it("fill whole weeks around a month", () => {
    const days = daysOf("month", "2026-11-22", 1);
    expect([days[0], days.at(-1), days.length]).toEqual(["2026-10-26", "2026-12-06", 42]);
    expect(daysOf("agenda", "2026-02-10", 1)).toHaveLength(28);
  });

  it("turn to a day that there is", () => {
    expect(addMonths("2026-01-31", 1)).toBe("2026-02-28");
    expect(addMonths("2026-01-15", -1)).toBe("2025-12-15");
  });

  it("ask for what begins or goes on in them", () => {
    const days = ["2026-11-16", "2026-11-17"];
    expect(whereDays("a || b", due, undefined, days)).toBe(
      '(a || b) && due <= date("2026-11-17") && due >= date("2026-11-16")',
    );
    expect(whereDays("", met, until, days)).toContain('date(until) >= date("2026-11-16")');
  });
});

describe("an entry", () => {
  it("stands on the reader's day at the reader's hour", () => {
    const entry = entryOf(row({ met_at: "2026-11-21T17:30:00Z" }), met, undefined, zone);
    expect(entry).toMatchObject({ first: "2026-11-22", last: "2026-11-22", time: "01:30" });
  });

  it("stands on each of its days, what goes on before what begins", () => {
    const long = entryOf(
      row({ met_at: "2026-11-20T02:00:00Z", until: "2026-11-21T02:00:00Z" }),
      met,
      until,
      zone,
    );
    const short = entryOf(row({ met_at: "2026-11-21T00:00:00Z" }), met, until, zone);
    const days = byDay([short, long], ["2026-11-20", "2026-11-21", "2026-11-22"]);
    expect([...days.values()]).toEqual([[long], [long, short], []]);
  });

  it("keeps its line on all its days of a week", () => {
    const entry = (id: string, first: string, last: string) => ({
      ...entryOf({ record: { id, version: 1, due: first }, included: {} }, due, undefined, zone),
      last,
    });
    const week = ["2026-11-16", "2026-11-17", "2026-11-18"];
    const early = entry("a", "2026-11-10", "2026-11-16");
    const trip = entry("b", "2026-11-16", "2026-11-18");
    const call = entry("c", "2026-11-18", "2026-11-18");
    const lines = linesOf(week, byDay([early, trip, call], week));
    expect([...lines.values()]).toEqual([
      [early, trip],
      [null, trip],
      [call, trip],
    ]);
  });

  it("without a day is put on one at nine, or just on it", () => {
    const entry = entryOf(row({ met_at: null }), met, undefined, zone);
    expect(entry).toMatchObject({ first: "", last: "", time: null });
    expect(byDay([entry], ["2026-11-25"]).get("2026-11-25")).toEqual([]);
    expect(valuesOn(entry, "2026-11-25", met, until, zone)).toEqual({
      met_at: "2026-11-25T01:00:00.000Z",
    });
    const task = entryOf(row({ due: null }), due, undefined, zone);
    expect(valuesOn(task, "2026-11-25", due, undefined, zone)).toEqual({ due: "2026-11-25" });
    expect(whereUndated("a || b", met)).toBe("(a || b) && met_at == null");
  });

  it("keeps its hour and its length when it is moved", () => {
    const values = { met_at: "2026-11-20T02:00:00.000Z", until: "2026-11-21T02:00:00.000Z" };
    const entry = entryOf(row(values), met, until, zone);
    expect(valuesOn(entry, "2026-11-25", met, until, zone)).toEqual({
      met_at: "2026-11-25T02:00:00.000Z",
      until: "2026-11-26T02:00:00.000Z",
    });
  });
});
