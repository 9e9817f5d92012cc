import { describe, expect, it } from "vitest";
import { catalog } from "@/testing/lead";
import { momentOf } from "./moments";

const date = catalog.field("lead", "due");
const instant = catalog.field("lead", "met_at");

describe("a moment that is often chosen", () => {
  const saturdayNight = new Date("2026-11-21T17:30:00Z"); // Sunday in Shanghai

  it("is a day or a morning where its reader is", () => {
    if (!date || !instant) throw new Error("the fields are there");
    const zone = "Asia/Shanghai";
    expect(momentOf("tomorrow", date, zone, saturdayNight)).toBe("2026-11-23");
    expect(momentOf("in3days", date, zone, saturdayNight)).toBe("2026-11-25");
    expect(momentOf("nextWeek", date, zone, saturdayNight)).toBe("2026-11-23");
    expect(momentOf("nextWeek", date, "UTC", saturdayNight)).toBe("2026-11-23");
    expect(momentOf("tomorrow", instant, zone, saturdayNight)).toBe("2026-11-23T01:00:00.000Z");
    expect(momentOf("today", instant, zone, saturdayNight)).toBe("2026-11-22T10:00:00.000Z");
  });

  it("of next week is its Monday, on a Monday too", () => {
    if (!date) throw new Error("the field is there");
    const monday = new Date("2026-11-23T08:00:00Z");
    expect(momentOf("nextWeek", date, "UTC", monday)).toBe("2026-11-30");
  });
});
