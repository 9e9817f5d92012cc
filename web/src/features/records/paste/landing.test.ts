import { expect, it } from "vitest";
import { landing } from "./landing";

const room = { rows: 10, columns: 5 };

it("begins at the first marked cell with the size of what was copied", () => {
  const size = landing({ rows: 1, columns: 1 }, { rows: 3, columns: 2 }, room);
  expect(size).toEqual({ rows: 3, columns: 2, rowsLeft: 0, columnsLeft: 0 });
  expect(landing({ rows: 4, columns: 2 }, { rows: 3, columns: 2 }, room).rows).toBe(3);
});

it("fills what is marked with a single cell, or with whole blocks", () => {
  const one = landing({ rows: 4, columns: 3 }, { rows: 1, columns: 1 }, room);
  expect([one.rows, one.columns]).toEqual([4, 3]);
  const blocks = landing({ rows: 4, columns: 2 }, { rows: 2, columns: 2 }, room);
  expect([blocks.rows, blocks.columns]).toEqual([4, 2]);
});

it("says how much finds no place", () => {
  const size = landing({ rows: 1, columns: 1 }, { rows: 12, columns: 6 }, room);
  expect(size).toEqual({ rows: 10, columns: 5, rowsLeft: 2, columnsLeft: 1 });
});
