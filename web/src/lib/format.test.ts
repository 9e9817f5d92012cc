import { describe, expect, it } from "vitest";
import { civilDate, Formatter, instantAt } from "./format";
import { pinyinInitials } from "./pinyin";
import { inSentence } from "./words";

const zh = new Formatter({ language: "zh-CN", timezone: "Asia/Shanghai", justNow: "刚刚" });
const en = new Formatter({ language: "en", timezone: "America/New_York", justNow: "just now" });
const now = new Date("2026-11-21T08:00:00.000Z");

describe("formats", () => {
  it("write dates without doubt", () => {
    expect(zh.date("2026-11-21")).toBe("2026-11-21");
    expect(en.date("2026-11-21")).toBe("21 Nov 2026");
  });

  it("write instants where the reader is", () => {
    expect(zh.instant("2026-11-21T20:05:00.000Z")).toBe("2026-11-22 04:05");
    expect(en.instant("2026-11-21T03:05:00.000Z")).toBe("20 Nov 2026 22:05");
  });

  it("say how long ago, and the date after a week", () => {
    expect(zh.ago("2026-11-21T07:59:40.000Z", now)).toBe("刚刚");
    expect(en.ago("2026-11-21T07:57:00.000Z", now)).toBe("3 minutes ago");
    expect(zh.ago("2026-11-21T07:57:00.000Z", now)).toBe("3分钟前");
    expect(zh.ago("2026-11-20T01:12:00.000Z", now)).toBe("昨天 09:12");
    expect(zh.ago("2026-11-01T01:12:00.000Z", now)).toBe("2026-11-01 09:12");
  });

  it("keep every digit of a number", () => {
    expect(en.number("12345678901234567.125")).toBe("12,345,678,901,234,567.125");
    expect(zh.number(1283000)).toBe("1,283,000");
    expect(zh.percent("12.5")).toBe("12.5%");
    expect(zh.number("abc")).toBe("abc");
  });

  it("group phone numbers by the reader's country", () => {
    expect(zh.phone("+8613800138000")).toBe("138 0013 8000");
    expect(en.phone("+8613800138000")).toBe("+86 138 0013 8000");
    expect(zh.phone("+862161234567")).toBe("021 6123 4567");
    expect(en.phone("+862161234567")).toBe("+86 21 6123 4567");
    expect(zh.phone("+864001234567")).toBe("400 123 4567");
    expect(en.phone("+864001234567")).toBe("+86 400 123 4567");
    expect(zh.phone("+867551234567")).toBe("0755 123 4567");
    expect(en.phone("800")).toBe("800");
  });

  it("join names as the language does", () => {
    expect(zh.list(["甲", "乙", "丙"])).toBe("甲、乙和丙");
    expect(en.either(["A", "B"])).toBe("A or B");
  });
});

describe("a clock on the wall", () => {
  it.each([
    ["2026-11-21", "14:05", "Asia/Shanghai", "2026-11-21T06:05:00.000Z"],
    ["2026-07-01", "00:30", "America/New_York", "2026-07-01T04:30:00.000Z"],
    ["2026-01-01", "00:30", "America/New_York", "2026-01-01T05:30:00.000Z"],
    ["2026-06-01", "12:00", "Asia/Kolkata", "2026-06-01T06:30:00.000Z"],
  ])("is understood: %s %s in %s", (date, time, zone, instant) => {
    expect(instantAt(date, time, zone)).toBe(instant);
    expect(civilDate(instant, zone)).toBe(date);
  });
});

describe("words", () => {
  it("find Chinese by the first letters of its syllables", () => {
    expect(pinyinInitials("云图科技")).toBe("ytkj");
    expect(pinyinInitials("转介绍A")).toBe("zjsa");
  });

  it("stand in a sentence as their language has it", () => {
    expect(inSentence("Lead")).toBe("lead");
    expect(inSentence("CRM account")).toBe("CRM account");
    expect(inSentence("线索")).toBe("线索");
  });
});
