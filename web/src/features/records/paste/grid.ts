import type { Field } from "@/api/catalog";
import type { ObjectDefinition } from "@/api/definitions";
import type { CellSaves } from "../edit/use-cell-saves";
import type { ListRow, Rows } from "../list/use-rows";

/** The grid whose cells are copied and pasted. */
export interface CellGrid {
  readonly object: ObjectDefinition;
  readonly columns: readonly Field[];
  readonly rows: Rows;
  readonly isHeading: (row: number) => boolean;
  readonly saves: CellSaves;
}

/** The rows that are records, from one through another, so many at most. */
export function recordRows(
  { rows, isHeading }: CellGrid,
  first: number,
  through: number,
  most = Number.POSITIVE_INFINITY,
): readonly number[] {
  const found: number[] = [];
  const end = Math.min(through, (rows.length ?? 0) - 1);
  for (let row = first; row <= end && found.length < most; row++) {
    if (!isHeading(row)) found.push(row);
  }
  return found;
}

/** The records at some rows as they are shown; those that were never shown are fetched. */
export async function recordsAt(
  { rows }: CellGrid,
  places: readonly number[],
): Promise<readonly ListRow[]> {
  const shown = places.map((row) => rows.knownAt(row));
  const [first, last] = [places[0], places.at(-1)];
  const all = shown.every((row) => row !== undefined);
  if (all || first === undefined || last === undefined) return shown.flatMap((row) => row ?? []);
  const found = await rows.rowsFrom(first, last);
  return places.flatMap((row, index) => shown[index] ?? found[row - first] ?? []);
}
