import type { Cursor } from "./cursor";

/** A rectangle of cells: rows of a grid and columns of it, both counted from 0. */
export interface Area {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** How many rows can be marked at once. */
export const mostMarked = 1_000;

/** The rectangle between two cells; null when one of them is a title or a box. */
export function areaOf(cursor: Cursor, corner: Cursor): Area | null {
  const [top, left] = [Math.min(cursor.row, corner.row), Math.min(cursor.column, corner.column)];
  if (top < 0 || left < 1) return null;
  return {
    top,
    left: left - 1,
    bottom: Math.max(cursor.row, corner.row),
    right: Math.max(cursor.column, corner.column) - 1,
  };
}

/** Whether an area is more than one cell. */
export function isMarked(area: Area): boolean {
  return area.top < area.bottom || area.left < area.right;
}

/** A cell to which the mark is drawn from its corner: no title, no box, and not too far away. */
export function stretched(to: Cursor, corner: Cursor): Cursor {
  return {
    row: Math.max(0, corner.row - mostMarked + 1, Math.min(to.row, corner.row + mostMarked - 1)),
    column: Math.max(1, to.column),
  };
}
