import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { useState } from "react";
import { describe, expect, it } from "vitest";
import { Catalog } from "@/api/catalog";
import type { Definition, Tree } from "@/api/definitions";
import { catalogQuery } from "@/api/meta";
import type { Value } from "@/api/types";
import { show } from "@/testing/render";
import { lookOf } from "./kinds";

const definitions: Definition[] = [
  {
    kind: "object",
    name: "quote",
    title: "Quote",
    properties: {
      rows: { field: "lines", title: "Rows", target: "quote_row", can: "write" },
    },
  },
  {
    kind: "object",
    name: "quote_row",
    title: "Row",
    properties: {
      what: { field: "text", title: "What", can: "write" },
      count: { field: "decimal", title: "Count", can: "write" },
      price: { field: "money", title: "Price", can: "write" },
      amount: { field: "formula", as: "decimal", format: "money", title: "Amount", can: "read" },
    },
  },
];
const field = (name: string): Tree => ({ op: "field", type: "number", path: [name] });
const amount: Tree = { op: "*", type: "number", args: [field("count"), field("price")] };
const quotes = new Catalog({
  revision: 1,
  definitions,
  expressions: { "object/quote_row/properties/amount/expression": amount },
});

const yuan = (price: string) => ({ amount: price, currency: "CNY" });
let latest: Value;

function Sheet({ faults }: { faults?: Record<string, string> }) {
  const lines = quotes.field("quote", "rows");
  const [value, setValue] = useState<Value>([
    { what: "Sensor", count: "2", price: yuan("10") },
    { what: "Cable", count: "3", price: yuan("1.50") },
  ]);
  latest = value;
  if (!lines) return null;
  const { Input } = lookOf(lines);
  return <Input field={lines} value={value} onChange={setValue} faults={faults} testId="rows" />;
}

async function open(faults?: Record<string, string>) {
  const { client } = show(<Sheet {...(faults && { faults })} />);
  act(() => client.setQueryData(catalogQuery.queryKey, quotes));
  await screen.findByTestId("rows.add");
}

const whats = () => (latest as { what?: string }[]).map(({ what }) => what);

describe("the lines of a record", () => {
  it("say what their formulas give while they are entered, and their sums", async () => {
    await open();
    await waitFor(() => expect(screen.getByTestId("rows.0.amount").textContent).toBe("CN¥20"));
    expect(within(screen.getByTestId("rows.totals")).getByText("CN¥24.5")).toBeTruthy();
    fireEvent.change(screen.getByTestId("rows.1.count"), { target: { value: "4" } });
    expect(within(screen.getByTestId("rows.totals")).getByText("CN¥26")).toBeTruthy();
  });

  it("say nothing of an amount that is not known yet", async () => {
    await open();
    fireEvent.change(screen.getByTestId("rows.0.count"), { target: { value: "many" } });
    expect(screen.getByTestId("rows.0.amount").textContent).toBe("");
  });

  it("change places by keys and by a menu, which say where", async () => {
    await open();
    fireEvent.keyDown(screen.getByTestId("rows.1.what"), { key: "ArrowUp", altKey: true });
    expect(whats()).toEqual(["Cable", "Sensor"]);
    expect(screen.getByText("Moved to line 1 of 2")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Line 1: move or copy" }));
    fireEvent.click(await screen.findByText("Move down"));
    expect(whats()).toEqual(["Sensor", "Cable"]);
  });

  it("are copied without being the same line", async () => {
    await open();
    fireEvent.click(screen.getByRole("button", { name: "Line 1: move or copy" }));
    fireEvent.click(await screen.findByText("Copy this line"));
    expect(whats()).toEqual(["Sensor", "Sensor", "Cable"]);
  });

  it("say what is wrong in the cell where it is wrong", async () => {
    await open({ "1/count": "At most 2." });
    const cell = screen.getByTestId("rows.1.count");
    await waitFor(() => expect(cell.getAttribute("aria-invalid")).toBe("true"));
    const note = cell.getAttribute("aria-describedby") ?? "";
    expect(document.getElementById(note)?.textContent).toBe("At most 2.");
  });
});
