/** The promises that hold for every field kind the engine has. */
import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { render, screen } from "@testing-library/react";
import i18next from "i18next";
import { describe, expect, it, vi } from "vitest";
import type { Field } from "@/api/catalog";
import type { Value } from "@/api/types";
import { Formatter } from "@/lib/format";
import { show } from "@/testing/render";
import { lookOf } from "./kinds";
import { plainNumber } from "./number";
import { operatorOf } from "./operators";
import { ValueView } from "./value-view";

const schemas = resolve(__dirname, "../../../../schemas/fields");
const kinds = readdirSync(schemas)
  .map((file) => file.replace(/\.json$/, ""))
  // A formula and a roll-up look as the kind that they are shown as.
  .filter((kind) => !["common", "formula", "rollup"].includes(kind));

const samples: Readonly<Record<string, Exclude<Value, null>>> = {
  integer: 1283000,
  decimal: "12.5",
  percent: "12.5",
  boolean: true,
  date: "2026-11-21",
  datetime: "2026-11-21T08:00:00.000Z",
  select: "vip",
  multiselect: ["vip"],
  region: "vip",
  tags: ["a", "<b>"],
  time: "09:30",
  duration: 5400,
  address: { country: "CN", city: "<b>", street: "文三路 1 号" },
  money: { amount: "1200.50", currency: "CNY" },
  link: { object: "lead", id: "<b>" },
  lookups: ["<b>", "b"],
  lines: [{ id: "1", what: "<b>" }],
  file: { id: "1", name: "<b>.txt", size: 12, type: "text/plain" },
  image: { id: "1", name: "<b>.png", size: 12, type: "image/png" },
  json: { a: [1, null, "<b>"] },
};

const plainSamples: Readonly<Record<string, Exclude<Value, null>>> = { integer: 3, boolean: true };

const typeOf = (kind: string): string =>
  /"\$defs":[\s\S]*?"value":\s*{\s*"type":\s*"(\w+)"/.exec(
    readFileSync(`${schemas}/${kind}.json`, "utf8"),
  )?.[1] ?? "string";

const fieldOf = (kind: string): Field => ({
  name: "f",
  field: kind,
  type: typeOf(kind),
  title: "F",
  required: false,
  oneOf: [{ const: "vip", title: "Key account", color: "red" }],
});
const format = new Formatter({ language: "en", timezone: "UTC", justNow: "just now" });

describe.each(kinds)("the field kind %s", (kind) => {
  const field = fieldOf(kind);
  const look = lookOf(field);
  const sample = samples[kind] ?? plainSamples[field.type ?? ""] ?? "naughty <b>&amp;</b> 文本";

  it("shows its values as text, never as markup", () => {
    show(<ValueView field={field} value={sample} included={undefined} />);
    expect(document.querySelector("b")).toBeNull();
    expect(document.body.textContent).not.toBe("");
  });

  it("shows nothing for null", () => {
    const { container } = render(<ValueView field={field} value={null} />);
    expect(container.textContent).toBe("");
  });

  it("says its values in words", () => {
    const words = look.text(sample, { field, format, t: i18next.t, included: {} });
    expect(words.length).toBeGreaterThan(0);
  });

  it("has a control that is named, and can be empty", async () => {
    const change = vi.fn();
    show(<look.Input field={field} label="The field" value={null} onChange={change} />);
    expect(await screen.findByLabelText("The field")).toBeTruthy();
    expect(change).not.toHaveBeenCalled();
  });

  it("offers comparisons that can be written", () => {
    // Lines are records of their own, and are filtered as such.
    if (kind !== "lines") expect(look.operators.length).toBeGreaterThan(1);
    for (const operator of look.operators) {
      expect(operatorOf(operator).write("f", look.literal("1"))).toContain("f");
    }
  });
});

describe("a typed number", () => {
  it.each([
    ["1,283,000.50", "1283000.50"],
    ["１２３", "123"],
    ["12.5%", "12.5"],
    [" -3 ", "-3"],
    ["1,2", "1,2"],
    ["abc", "abc"],
  ])("is read: %s", (typed, plain) => expect(plainNumber(typed)).toBe(plain));
});
