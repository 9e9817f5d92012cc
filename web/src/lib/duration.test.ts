import { describe, expect, it } from "vitest";
import { readDuration, writeDuration } from "./duration";

describe("a duration", () => {
  it.each([
    ["1:30", 5400],
    ["1：30：05", 5405],
    ["90", 5400],
    ["90 min", 5400],
    ["1 h 30 min", 5400],
    ["1.5 小时", 5400],
    ["1小时30分钟", 5400],
    ["2天", 172_800],
    ["1:75", null],
    ["soon", null],
    ["1 week", null],
    ["0.5 s", null],
  ])("is read: %s", (typed, seconds) => expect(readDuration(typed)).toBe(seconds));

  it.each([0, 1, 59, 60, 3600, 5400, 90_061])("is read again as it is written: %i", (seconds) => {
    expect(readDuration(writeDuration(seconds, false))).toBe(seconds);
    expect(readDuration(writeDuration(seconds, true))).toBe(seconds);
  });
});
