/** What a select offers: options in use that go with what was chosen elsewhere. */
import { describe, expect, it } from "vitest";
import { Catalog } from "@/api/catalog";
import { offered } from "./select";

const options = [
  { const: "a4", title: "A4", when: ["audi"] },
  { const: "panda", title: "Panda", when: ["fiat"] },
  { const: "none", title: "None" },
  { const: "old", title: "Old", active: false },
];
const codesOf = (value: string | null, depends?: string | null) =>
  offered(options, value, depends).map((option) => option.const);

describe("options", () => {
  it("are offered while they are in use", () => {
    expect(codesOf(null)).toEqual(["a4", "panda", "none"]);
    expect(codesOf("old")).toEqual(["a4", "panda", "none", "old"]);
  });

  it("are offered where they go with what was chosen", () => {
    expect(codesOf(null, "audi")).toEqual(["a4", "none"]);
    expect(codesOf(null, null)).toEqual(["none"]);
    expect(codesOf("panda", "audi")).toEqual(["a4", "panda", "none"]);
  });
});

describe("record types", () => {
  const catalog = new Catalog({
    revision: 1,
    expressions: {},
    definitions: [
      {
        kind: "object",
        name: "visit",
        title: "Visit",
        properties: {
          type: {
            field: "select",
            title: "Type",
            recordTypes: true,
            oneOf: [
              { const: "short", title: "Short" },
              { const: "long", title: "Long", form: "visit_long", required: ["reason"] },
            ],
          },
        },
      },
      { kind: "form", name: "visit_default", object: "visit", title: "", sections: [] },
      { kind: "form", name: "visit_long", object: "visit", title: "", sections: [] },
    ],
  });
  const formOf = (type: string | null) =>
    catalog.form("visit", catalog.recordType("visit", { type })).name;

  it("have their own form", () => {
    expect(formOf("long")).toBe("visit_long");
    expect(formOf("short")).toBe("visit_default");
    expect(formOf(null)).toBe("visit_default");
  });
});
