import { expect, it } from "vitest";
import { Catalog } from "./catalog";

it("shows a formula as the kind of its value", () => {
  const catalog = new Catalog({
    revision: 1,
    definitions: [
      {
        kind: "object",
        name: "offer",
        title: "Offer",
        properties: {
          net: { field: "formula", as: "decimal", title: "Net", can: "read" },
          name: { field: "text", title: "Name", can: "write" },
        },
      },
    ],
    expressions: {},
  } as unknown as ConstructorParameters<typeof Catalog>[0]);
  expect(catalog.fields("offer").map((field) => field.field)).toEqual(["decimal", "text"]);
});

it("calls what has no title by its name", () => {
  const catalog = new Catalog({
    revision: 1,
    definitions: [{ kind: "object", name: "bid", properties: { budget: { field: "integer" } } }],
    expressions: {},
  } as unknown as ConstructorParameters<typeof Catalog>[0]);
  expect(catalog.object("bid")?.title).toBe("bid");
  expect(catalog.field("bid", "budget")?.title).toBe("budget");
});
