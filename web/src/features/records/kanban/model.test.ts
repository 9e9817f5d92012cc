import { describe, expect, it } from "vitest";
import type { Field } from "@/api/catalog";
import { beside, columnsOf, whereColumn, withMoves } from "./model";

const stage: Field = {
  name: "stage",
  field: "select",
  title: "Stage",
  required: false,
  oneOf: [
    { const: "new", title: "New", color: "blue" },
    { const: "won", title: "Won" },
    { const: "old", title: "Old", active: false },
  ],
};
const owner: Field = { name: "owner", field: "user", title: "Owner", required: false };
const naming = { person: (id: string) => `Person ${id}`, none: "None" };

describe("the columns of a board", () => {
  it("are the options in their order, with their figures", () => {
    const figures = [{ stage: "won", count_of_records: 2, total_0: "12.5" }];
    const columns = columnsOf(stage, 1, figures, naming);
    expect(columns.map(({ key, count, totals }) => [key, count, totals])).toEqual([
      ["new", 0, [null]],
      ["won", 2, ["12.5"]],
    ]);
  });

  it("keep an option that is no longer offered while records have it, and those without any", () => {
    const figures = [
      { stage: "old", count_of_records: 1 },
      { stage: null, count_of_records: 3 },
    ];
    const columns = columnsOf(stage, 0, figures, naming);
    expect(columns.map((column) => column.title)).toEqual(["None", "New", "Won", "Old"]);
    expect(columns[0]).toMatchObject({ key: "", value: null, count: 3 });
  });

  it("are the people who have records, by name", () => {
    const figures = [
      { owner: "b", count_of_records: 1 },
      { owner: "a", count_of_records: 1 },
    ];
    const columns = columnsOf(owner, 0, figures, naming);
    expect(columns.map((column) => column.title)).toEqual(["Person a", "Person b"]);
  });

  it("ask for their own records among those of the view", () => {
    expect(whereColumn("score > 1 || done", stage, "won")).toBe(
      '(score > 1 || done) && stage == "won"',
    );
    expect(whereColumn("", stage, null)).toBe("stage == null");
  });

  it("count a record on its way where it goes", () => {
    const columns = columnsOf(stage, 0, [{ stage: "new", count_of_records: 2 }], naming);
    const moved = withMoves(columns, [{ from: "new", to: "won" }]);
    expect(moved.map((column) => column.count)).toEqual([1, 1]);
  });

  it("have neighbours, the last its own", () => {
    const columns = columnsOf(stage, 0, [], naming);
    expect(beside(columns, "new", 1)).toBe("won");
    expect(beside(columns, "won", 1)).toBe("won");
    expect(beside(columns, "new", -1)).toBe("new");
  });
});
