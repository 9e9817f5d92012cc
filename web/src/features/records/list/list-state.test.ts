import { describe, expect, it } from "vitest";
import { catalog } from "@/testing/lead";
import { nextSort, readListState, writeListState } from "./list-state";

const read = (search: string) => readListState(catalog, "lead", new URLSearchParams(search));

describe("a list's address", () => {
  it("begins with the view, without the columns one may not see", () => {
    const state = read("");
    expect(state.view.name).toBe("lead_open");
    expect(state.where).toBe('status != "lost"');
    expect(state.columns).toEqual([{ field: "name" }, { field: "status", width: 200 }]);
    expect(state.changed).toBe(false);
  });

  it("may replace what the view says, also by nothing", () => {
    const state = read("where=&sort=name,-due&columns=status,due&q=zhang");
    expect(state.where).toBe("");
    expect(state.sort).toEqual(["name", "-due"]);
    expect(state.columns).toEqual([{ field: "status", width: 200 }, { field: "due" }]);
    expect(state.q).toBe("zhang");
    expect(state.changed).toBe(true);
  });

  it("holds only what differs from the view", () => {
    const { view } = read("");
    const changed = writeListState(new URLSearchParams(), view, {
      where: "done",
      sort: ["-created_at"],
    });
    expect(changed.toString()).toBe("where=done");
    const back = writeListState(changed, view, { where: 'status != "lost"' });
    expect(back.toString()).toBe("");
  });
});

describe("sorting by a column", () => {
  it("goes up, down, and back", () => {
    expect(nextSort([], "name", false)).toEqual(["name"]);
    expect(nextSort(["name"], "name", false)).toEqual(["-name"]);
    expect(nextSort(["-name"], "name", false)).toEqual([]);
  });

  it("joins the others with Shift, and keeps its place", () => {
    expect(nextSort(["name"], "due", true)).toEqual(["name", "due"]);
    expect(nextSort(["name", "due"], "name", true)).toEqual(["-name", "due"]);
    expect(nextSort(["-name", "due"], "name", true)).toEqual(["due"]);
  });
});
