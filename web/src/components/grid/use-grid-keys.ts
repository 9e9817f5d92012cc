import { type KeyboardEvent, useRef } from "react";
import { isSaveKey, isShortcut, isSubmitKey } from "@/lib/submit-key";
import { moved } from "./cursor";
import type { DataGridProps } from "./model";
import type { Grid } from "./use-grid";
import type { useMark } from "./use-mark";

/** What the keys do in a grid, and the choosing of rows. */
export function useGridKeys<Row>(
  props: DataGridProps<Row>,
  grid: Grid,
  mark: ReturnType<typeof useMark>,
) {
  const { columns, selection, editing } = props;
  const { cursor, edited } = grid;
  const anchor = useRef(0);
  const choose = (row: number, range: boolean) => {
    selection?.toggle(row, range ? anchor.current : undefined);
    anchor.current = row;
  };

  /** Whether a key did something with the rows' places: folded a group, marked, or moved on. */
  const moves = (event: KeyboardEvent<HTMLDivElement>): boolean => {
    const heading = props.headingAt?.(cursor.row);
    if (heading && folds(event, heading.open, cursor.column)) {
      heading.toggle();
      return true;
    }
    const { rowCount: rows, page } = grid;
    const bounds = { rows, columns: columns.length + 1, first: selection ? 0 : 1, page };
    const next = moved(cursor, event, bounds);
    if (!edited && mark.press(event, next)) return true;
    if (!next) return false;
    mark.clear();
    grid.go(next);
    return true;
  };
  /** Whether a key did something with the row that has the focus. */
  const acts = (event: KeyboardEvent<HTMLDivElement>): boolean => {
    const row = props.rowAt(cursor.row);
    const control = event.ctrlKey || event.metaKey;
    if (selection && event.key === " ") choose(cursor.row, event.shiftKey);
    else if (selection && event.key === "a" && control) selection.toggleAll();
    else if (editing && event.key === "z" && control) editing.onUndo();
    else if (edited && event.key === "Escape") grid.endEdit();
    else if (event.key === "F2") return grid.edit(cursor);
    else if (row === undefined) return false;
    else if (isShortcut(event.nativeEvent, "o")) props.onOpen(row);
    else if (isSubmitKey(event) && !isInLink(event.target)) {
      if (isSaveKey(event) || !grid.edit(cursor)) props.onOpen(row);
    } else return false;
    return true;
  };
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    if (moves(event) || (cursor.row >= 0 && acts(event))) event.preventDefault();
  };
  return { press, choose };
}

function isInLink(target: EventTarget): boolean {
  return target instanceof Element && target.closest("a") !== null;
}

/** Whether a key folds a heading or opens it: Enter and Space, and the arrows at its beginning. */
function folds(event: KeyboardEvent, open: boolean, column: number): boolean {
  if (isSubmitKey(event) || event.key === " ") return true;
  if (column > 1) return false;
  return event.key === (open ? "ArrowLeft" : "ArrowRight");
}
