import { act, fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { DataGrid } from "./data-grid";
import type { GridColumn } from "./model";

const columns: GridColumn[] = [
  { key: "name", title: "Name", width: 160, sortable: true, sort: "ascending" },
  { key: "score", title: "Score", width: 100, numeric: true, sortable: true },
];

const onOpen = vi.fn();
const onSort = vi.fn();
const onResize = vi.fn();

function Grid({ rows = 100_000 }: { rows?: number }) {
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  return (
    <DataGrid<number>
      label="Leads"
      columns={columns}
      rowCount={rows}
      rowHeight={40}
      rowAt={(index) => index}
      rowId={String}
      rowLabel={(row) => `Lead ${row}`}
      cell={(row, column) => `${column.key} ${row}`}
      selection={{
        all: false,
        some: chosen.size > 0,
        has: (row) => chosen.has(row),
        toggle: (row, through = row) => {
          const next = new Set(chosen);
          for (let at = Math.min(row, through); at <= Math.max(row, through); at++) next.add(at);
          setChosen(next);
        },
        toggleAll: () => setChosen(new Set([0, 1, 2])),
      }}
      onOpen={onOpen}
      onSort={onSort}
      onResize={onResize}
      onSight={() => undefined}
      testId="list.lead"
    />
  );
}

beforeAll(() => {
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { get: () => 400 });
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { get: () => 800 });
});

const press = (key: string, more = {}) => {
  const { activeElement } = document;
  if (activeElement) fireEvent.keyDown(activeElement, { key, ...more });
};
const focused = () => document.activeElement?.getAttribute("data-cell");
const focusFirst = () => act(() => screen.getByText("name 0").focus());

describe("the grid", () => {
  it("tells its whole size, and draws only what is in sight", () => {
    render(<Grid />);
    const grid = screen.getByRole("grid", { name: "Leads" });
    expect(grid.getAttribute("aria-rowcount")).toBe("100001");
    expect(grid.getAttribute("aria-colcount")).toBe("3");
    expect(screen.getAllByRole("row").length).toBeLessThan(60);
    expect(screen.getAllByRole("row")[1]?.getAttribute("aria-rowindex")).toBe("2");
  });

  it("is one tab stop", () => {
    render(<Grid />);
    const stops = document.querySelectorAll('[role=grid] [tabindex="0"]');
    expect(stops).toHaveLength(1);
  });

  it("moves the focus cell by cell, and far", () => {
    render(<Grid />);
    focusFirst();
    press("ArrowDown");
    press("ArrowRight");
    expect(focused()).toBe("1:2");
    press("End", { ctrlKey: true });
    expect(focused()).toBe("99999:2");
    expect(document.activeElement?.closest("[role=row]")?.getAttribute("aria-rowindex")).toBe(
      "100001",
    );
    press("Home", { ctrlKey: true });
    expect(focused()).toBe("0:0");
  });

  it("opens a record with Enter, but not while a word is being composed", () => {
    render(<Grid />);
    focusFirst();
    press("Enter", { isComposing: true });
    press("Enter", { keyCode: 229 });
    expect(onOpen).not.toHaveBeenCalled();
    press("Enter");
    expect(onOpen).toHaveBeenCalledWith(0);
  });

  it("selects with Space, and a range with Shift", () => {
    render(<Grid />);
    focusFirst();
    press(" ");
    press("ArrowDown");
    press("ArrowDown");
    press(" ", { shiftKey: true });
    const selected = screen.getAllByRole("row", { selected: true });
    expect(selected.map((row) => row.getAttribute("aria-rowindex"))).toEqual(["2", "3", "4"]);
  });

  it("sorts from the header, and says how it is sorted", () => {
    render(<Grid />);
    const [, name, score] = screen.getAllByRole("columnheader");
    expect(name?.getAttribute("aria-sort")).toBe("ascending");
    expect(score?.getAttribute("aria-sort")).toBe("none");
    focusFirst();
    press("ArrowUp");
    press("ArrowRight");
    expect(document.activeElement).toBe(score);
    press("Enter", { shiftKey: true });
    expect(onSort).toHaveBeenLastCalledWith(columns[1], true);
    press("ArrowRight", { altKey: true });
    expect(onResize).toHaveBeenLastCalledWith(columns[1], 116);
  });
});
