import { describe, expect, it } from "vitest";
import { type Layer, noChanges } from "@/api/layers";
import { catalog } from "@/testing/lead";
import { nextSort, readListState, writeListState } from "./list-state";

const read = (search: string, layers: readonly Layer[] = []) =>
  readListState(catalog, "lead", new URLSearchParams(search), layers);

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
    const changed = writeListState(new URLSearchParams(), read(""), {
      where: "done",
      sort: ["-created_at"],
    });
    expect(changed.toString()).toBe("where=done");
    const state = read("where=done");
    const back = writeListState(changed, state, { where: 'status != "lost"' });
    expect(back.toString()).toBe("");
  });
});

describe("what a person changed of a view", () => {
  const mine = { ...noChanges, name: "lead_open", view: "lead_open" };

  it("is where an address leads that says only the view", () => {
    const state = read("", [{ ...mine, filter: "", sort: ["due"], density: "compact" }]);
    expect(state.where).toBe("");
    expect(state.sort).toEqual(["due"]);
    expect(state.density).toBe("compact");
    expect(state.changed).toBe(true);
    expect(writeListState(new URLSearchParams(), state, {}).toString()).toBe("where=&sort=due");
  });

  it("gives way to an address that says what is listed", () => {
    const state = read("columns=status", [{ ...mine, filter: "done" }]);
    expect(state.where).toBe('status != "lost"');
    expect(state.columns).toEqual([{ field: "status", width: 200 }]);
  });

  it("with a name is a view of his own over a shared one", () => {
    const layers = [{ ...mine, name: "m", title: "Mine", filter: "done", group: "status" }];
    const state = read("view=m", layers);
    expect(state.view.title).toBe("Mine");
    expect(state.where).toBe("done");
    expect(state.group).toBe("status");
    expect(state.own).toBe(true);
    expect(state.changed).toBe(false);
    expect(read("", layers).changed).toBe(false);
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
