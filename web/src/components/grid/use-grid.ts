import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Cursor } from "./cursor";
import type { DataGridProps, Leave } from "./model";

// Browsers cannot lay out boxes that are much taller.
const tallest = 30_000_000;

/** Where one is in a grid: the cell with the focus, the one that is edited, and the rows in sight. */
export function useGrid<Row>(props: DataGridProps<Row>) {
  const { columns, rowHeight, rowAt, onSight } = props;
  const rowCount = Math.min(props.rowCount, Math.floor(tallest / rowHeight));
  const scroller = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<Cursor>({ row: 0, column: 1 });
  const [edited, setEdited] = useState<Cursor | null>(null);
  const moving = useRef(false);
  const { virtual, first, last } = useRowsInSight(scroller, rowCount, rowHeight, cursor.row);
  useEffect(() => onSight(first, last), [onSight, first, last]);

  useLayoutEffect(() => {
    if (!moving.current) return;
    const cell = scroller.current?.querySelector<HTMLElement>(
      `[data-cell="${cursor.row}:${cursor.column}"]`,
    );
    if (!cell) return;
    moving.current = false;
    cell.focus();
  });

  const go = (next: Cursor) => {
    moving.current = true;
    setEdited(null);
    setCursor(next);
  };
  return {
    scroller,
    virtual,
    rowCount,
    /** How many rows a key for a page goes. */
    page: Math.max(1, last - first - 1),
    cursor,
    edited,
    go,
    /** The focus has gone to a cell by itself. */
    arrive: (at: Cursor) => {
      setCursor(at);
      if (edited?.row !== at.row || edited.column !== at.column) setEdited(null);
    },
    leave: (to: Leave) => {
      setEdited(null);
      if (to === "away") return;
      const { row, column } = cursor;
      const beside = { left: column - 1, right: column + 1, stay: column, down: column }[to];
      go({
        row: Math.min(row + (to === "down" ? 1 : 0), rowCount - 1),
        column: Math.max(1, Math.min(beside, columns.length)),
      });
    },
    /** Begins to edit a cell; false where that cannot be. */
    edit: (at: Cursor): boolean => {
      if (!props.editing || at.column === 0 || rowAt(at.row) === undefined) return false;
      setCursor(at);
      setEdited(at);
      return true;
    },
    endEdit: () => setEdited(null),
  };
}

/** What the hook gives. */
export type Grid = ReturnType<typeof useGrid>;

/** The rows that are drawn: those in sight, and wherever one scrolls to, the one with the focus. */
function useRowsInSight(
  scroller: { readonly current: HTMLDivElement | null },
  rowCount: number,
  rowHeight: number,
  focused: number,
) {
  const virtual = useVirtualizer({
    count: rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
    paddingStart: rowHeight,
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const first = Math.max(0, startIndex - overscan);
      const last = Math.min(count - 1, endIndex + overscan);
      const drawn = Array.from({ length: last - first + 1 }, (_, index) => first + index);
      const outside = focused >= 0 && focused < count && (focused < first || focused > last);
      if (!outside) return drawn;
      return focused < first ? [focused, ...drawn] : [...drawn, focused];
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the measured heights follow the density
  useEffect(() => virtual.measure(), [rowHeight]);
  return {
    virtual,
    first: virtual.range?.startIndex ?? 0,
    last: virtual.range?.endIndex ?? 0,
  };
}
