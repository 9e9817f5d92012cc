import { describe, expect, it } from "vitest";
import type { CalendarDefinition, Texts } from "@/api/calendars";
import {
  dayOf,
  inOrder,
  isKnown,
  opened,
  replaced,
  translated,
  weeksOf,
  withDays,
  withHolidays,
  written,
} from "./model";

const day = [{ from: "09:00", to: "18:00" }];

const office: CalendarDefinition = {
  kind: "calendar",
  name: "office",
  title: "Office",
  timezone: "Asia/Shanghai",
  hours: { mon: day, tue: day, wed: day, thu: day, fri: day },
  exceptions: [
    { from: "2026-10-01", to: "2026-10-07", type: "off", title: "National Day" },
    { from: "2026-10-10", type: "work" },
    { from: "2026-10-12", type: "work", hours: [{ from: "09:00", to: "12:00" }] },
  ],
};

const chinese: Texts = {
  kind: "translation",
  name: "zh-CN",
  texts: { "calendar/office/exceptions/2026-10-01/title": "国庆节", "object/lead/title": "线索" },
};

describe("a calendar that is changed day by day", () => {
  it("is what it was when nothing is changed", () => {
    const plan = opened(office, [chinese]);
    expect(written(office, plan)).toEqual(office);
    expect(translated(office, plan, [chinese])).toEqual([]);
  });

  it("tells what each day is", () => {
    const plan = opened(office, []);
    const state = (date: string) => dayOf(plan, date).state;
    expect(
      ["2026-10-01", "2026-10-08", "2026-10-10", "2026-10-11", "2026-10-12"].map(state),
    ).toEqual(["off", "work", "extra", "rest", "part"]);
    expect(dayOf(plan, "2026-10-10").hours).toEqual(day);
  });

  it("keeps the words of other languages with days that a range is cut at", () => {
    const plan = withDays(opened(office, [chinese]), "2026-10-01", "2026-10-02", null);
    expect(written(office, plan).exceptions?.[0]).toEqual({
      from: "2026-10-03",
      to: "2026-10-07",
      type: "off",
      title: "National Day",
    });
    expect(translated(office, plan, [chinese])[0]?.texts).toEqual({
      "calendar/office/exceptions/2026-10-03/title": "国庆节",
      "object/lead/title": "线索",
    });
  });

  it("lets the week hold again, and joins days that are alike", () => {
    let plan = withDays(opened(office, []), "2026-10-08", "2026-10-08", {
      type: "off",
      title: "National Day",
    });
    expect(written(office, plan).exceptions?.[0]?.to).toBe("2026-10-08");
    plan = withDays(plan, "2026-01-01", "2026-12-31", null);
    expect(written(office, plan)).not.toHaveProperty("exceptions");
  });

  it("has hours in order, up to midnight", () => {
    expect(inOrder([...day, { from: "18:00", to: "24:00" }])).toBe(true);
    expect(inOrder([{ from: "22:00", to: "06:00" }])).toBe(false);
    expect(inOrder([...day, { from: "17:00", to: "19:00" }])).toBe(false);
    expect(inOrder([{ from: "9:00", to: "18:00" }])).toBe(false);
  });

  it("shows months in weeks from Monday", () => {
    const weeks = weeksOf("2026-02");
    expect(weeks).toHaveLength(5);
    expect(weeks[0]?.[6]).toBe("2026-02-01");
    expect(weeks.flat().filter(Boolean)).toHaveLength(28);
  });

  it("takes holidays in, and tells which it knows and which replace something", () => {
    const plan = opened(office, [chinese]);
    const festival = {
      from: "2026-09-25",
      to: "2026-09-27",
      type: "off",
      title: "中秋节",
    } as const;
    const national = {
      from: "2026-10-01",
      to: "2026-10-03",
      type: "off",
      title: "国庆节",
    } as const;
    const worked = { ...national, type: "work" } as const;
    expect([festival, national, worked].map((one) => isKnown(plan, one))).toEqual([
      false,
      true,
      false,
    ]);
    expect(replaced(plan, festival)).toEqual([]);
    expect(replaced(plan, worked).map((rule) => rule.title)).toEqual(["National Day"]);
    const next = withHolidays(plan, [festival, worked]);
    expect(dayOf(next, "2026-09-26").state).toBe("off");
    expect(dayOf(next, "2026-10-02").state).toBe("extra");
    expect(isKnown(next, festival)).toBe(true);
  });
});
