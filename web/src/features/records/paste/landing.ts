/** How many rows and columns something has. */
export interface Size {
  readonly rows: number;
  readonly columns: number;
}

/** How much of a block is pasted, and how much of it finds no place. */
export interface Landing extends Size {
  readonly rowsLeft: number;
  readonly columnsLeft: number;
}

/**
 * How far a block reaches that is pasted where some cells are marked: it begins at the first of
 * them, or fills them all when they are some whole blocks; a single cell fills every area.
 */
export function landing(marked: Size, block: Size, room: Size): Landing {
  const whole = marked.rows % block.rows === 0 && marked.columns % block.columns === 0;
  const wanted = whole && marked.rows > 0 ? marked : block;
  const rows = Math.min(wanted.rows, room.rows);
  const columns = Math.min(wanted.columns, room.columns);
  return {
    rows,
    columns,
    rowsLeft: Math.max(0, block.rows - room.rows),
    columnsLeft: Math.max(0, block.columns - room.columns),
  };
}
