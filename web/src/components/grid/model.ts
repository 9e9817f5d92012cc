import type { ReactNode } from "react";
import type { Area } from "./area";

/** A column of a grid. */
export interface GridColumn {
  readonly key: string;
  readonly title: string;
  readonly width: number;
  readonly numeric?: boolean;
  readonly sortable?: boolean;
  readonly sort?: "ascending" | "descending" | undefined;
  /** Its place among several columns that are sorted by. */
  readonly sortPlace?: number | undefined;
}

/** Which rows are chosen. */
export interface Selection {
  readonly all: boolean;
  readonly some: boolean;
  readonly has: (row: number) => boolean;
  readonly toggle: (row: number, through?: number) => void;
  readonly toggleAll: () => void;
}

/** Where the focus goes when a cell has been changed; away is where the person has put it already. */
export type Leave = "stay" | "down" | "left" | "right" | "away";

/** How the cells of a grid are changed where they stand. */
export interface Editing<Row> {
  /** What stands in place of a cell's value; the note is the id of what it says about the cell. */
  readonly editor: (
    row: Row,
    column: GridColumn,
    leave: (to: Leave) => void,
    note: string,
  ) => ReactNode;
  readonly onUndo: () => void;
}

/** How rectangles of cells go to a spreadsheet and come back. */
export interface Exchange {
  /** Hears which cells are marked, at least the one with the focus. */
  readonly onMark: (area: Area | null) => void;
  /** Puts an area where it is pasted from; false leaves that to the browser. */
  readonly onCopy: (area: Area, into: Pick<DataTransfer, "setData">) => boolean;
  readonly onPaste: (area: Area, text: string) => void;
  /** Fills an area with what stands in its first row. */
  readonly onFill: (area: Area) => void;
}

/** A row that is the heading of those below it. */
export interface Heading {
  readonly open: boolean;
  readonly toggle: () => void;
  /** What stands below the title of a column. */
  readonly cell: (column: GridColumn, first: boolean) => ReactNode;
  readonly testId: string;
}

/** What a grid shows, and what is done with it. */
export interface DataGridProps<Row> {
  readonly label: string;
  readonly columns: readonly GridColumn[];
  readonly rowCount: number;
  readonly rowHeight: number;
  /** The row at a place; undefined while it is being fetched. */
  readonly rowAt: (index: number) => Row | undefined;
  /** The headings, where rows stand in groups. */
  readonly headingAt?: ((index: number) => Heading | undefined) | undefined;
  readonly rowId: (row: Row) => string;
  readonly rowLabel: (row: Row) => string;
  readonly cell: (row: Row, column: GridColumn) => ReactNode;
  /** Left out, nothing can be chosen and there are no boxes. */
  readonly selection?: Selection | undefined;
  readonly editing?: Editing<Row>;
  /** Left out, no cells can be marked. */
  readonly exchange?: Exchange | undefined;
  readonly onOpen: (row: Row) => void;
  readonly onSort: (column: GridColumn, additive: boolean) => void;
  readonly onResize: (column: GridColumn, width: number) => void;
  /** Tells which rows are in sight, first and last. */
  readonly onSight: (first: number, last: number) => void;
  readonly testId: string;
}
