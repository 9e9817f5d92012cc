/** Where the focus of a grid is; row -1 is the header, column 0 the box that selects a row. */
export interface Cursor {
  readonly row: number;
  readonly column: number;
}

/** How far a cursor can go. */
export interface Bounds {
  /** The first column that is there: 1 without boxes. */
  readonly first?: number;
  readonly rows: number;
  readonly columns: number;
  readonly page: number;
}

/** Where a key brings the cursor; null when it is not a key that moves it. */
export function moved(
  cursor: Cursor,
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">,
  bounds: Bounds,
): Cursor | null {
  if (event.altKey) return null;
  const far = event.ctrlKey || event.metaKey;
  const { row, column } = cursor;
  switch (event.key) {
    case "ArrowDown":
      return within(far ? bounds.rows - 1 : row + 1, column, bounds);
    case "ArrowUp":
      return within(far ? 0 : row - 1, column, bounds);
    case "ArrowRight":
      return within(row, far ? bounds.columns - 1 : column + 1, bounds);
    case "ArrowLeft":
      return within(row, far ? 0 : column - 1, bounds);
    case "PageDown":
      return within(row + bounds.page, column, bounds);
    case "PageUp":
      return within(Math.max(row - bounds.page, Math.min(row, 0)), column, bounds);
    case "Home":
      return far ? within(0, 0, bounds) : within(row, 0, bounds);
    case "End":
      return far
        ? within(bounds.rows - 1, bounds.columns - 1, bounds)
        : within(row, bounds.columns - 1, bounds);
    default:
      return null;
  }
}

function within(row: number, column: number, bounds: Bounds): Cursor {
  return {
    row: Math.max(-1, Math.min(row, bounds.rows - 1)),
    column: Math.max(bounds.first ?? 0, Math.min(column, bounds.columns - 1)),
  };
}
