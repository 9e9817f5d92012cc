import { describe, expect, it } from "vitest";
import { fieldName, guessKind } from "./guess-kind";

describe("the kind of a column", () => {
  it.each([
    ["boolean", ["Yes", "No", ""]],
    ["integer", ["0", "5", "674"]],
    ["text", ["00123", "00456"]],
    ["decimal", ["2.5", "0", "1.33"]],
    ["date", ["2026-11-21", "2026/1/2"]],
    ["datetime", ["2026-11-21 08:00"]],
    ["email", ["a@b.cn"]],
    ["phone", ["13800138000", "138 0013 8001"]],
    ["url", ["https://example.com"]],
    ["longtext", ["x".repeat(200)]],
    ["text", ["02.Medium", "Select"]],
    ["text", []],
  ])("is %s for its samples", (kind, samples) => expect(guessKind(samples)).toBe(kind));
});

describe("a field's name", () => {
  it.each([
    ["Total Time Spent on Website", "total_time_spent_on_website"],
    ["公司名称", "column"],
    ["2nd phone", "nd_phone"],
    ["in", "in_2"],
    ["Source", "source_2"],
  ])("is made from its title: %s", (title, name) => {
    expect(fieldName(title, new Set(["source"]))).toBe(name);
  });

  it("is never longer than names may be", () => {
    const name = fieldName("What matters most to you in choosing a course at all", new Set());
    expect(name).toMatch(/^[a-z][a-z0-9_]{0,47}$/);
  });
});
