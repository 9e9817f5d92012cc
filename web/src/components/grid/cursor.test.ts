import { describe, expect, it } from "vitest";
import { moved } from "./cursor";

const bounds = { rows: 100_000, columns: 5, page: 20 };
const key = (name: string, more = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

describe("a grid's cursor", () => {
  it.each([
    ["ArrowDown", { row: 4, column: 2 }],
    ["ArrowUp", { row: 2, column: 2 }],
    ["ArrowLeft", { row: 3, column: 1 }],
    ["ArrowRight", { row: 3, column: 3 }],
    ["PageDown", { row: 23, column: 2 }],
    ["Home", { row: 3, column: 0 }],
    ["End", { row: 3, column: 4 }],
  ])("goes with %s", (name, to) => {
    expect(moved({ row: 3, column: 2 }, key(name), bounds)).toEqual(to);
  });

  it("goes to the ends with Ctrl", () => {
    expect(moved({ row: 3, column: 2 }, key("End", { ctrlKey: true }), bounds)).toEqual({
      row: 99_999,
      column: 4,
    });
    expect(moved({ row: 3, column: 2 }, key("Home", { ctrlKey: true }), bounds)).toEqual({
      row: 0,
      column: 0,
    });
  });

  it("enters the header from the first row, and goes no further", () => {
    expect(moved({ row: 0, column: 2 }, key("ArrowUp"), bounds)).toEqual({ row: -1, column: 2 });
    expect(moved({ row: -1, column: 2 }, key("ArrowUp"), bounds)).toEqual({ row: -1, column: 2 });
  });

  it("stops at the first row when paging up", () => {
    expect(moved({ row: 3, column: 2 }, key("PageUp"), bounds)).toEqual({ row: 0, column: 2 });
  });

  it("leaves other keys and Alt alone", () => {
    expect(moved({ row: 3, column: 2 }, key("x"), bounds)).toBeNull();
    expect(moved({ row: 3, column: 2 }, key("ArrowLeft", { altKey: true }), bounds)).toBeNull();
  });
});
