import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Checkbox } from "../checkbox";
import styles from "./data-grid.module.css";
import type { GridColumn } from "./model";

interface GridRowProps<Row> {
  readonly index: number;
  readonly top: number;
  readonly row: Row | undefined;
  readonly columns: readonly GridColumn[];
  /** The column with the focus, when it is in this row. */
  readonly cursor: number | null;
  /** Below a heading, 2. */
  readonly level?: number | undefined;
  /** Undefined where nothing can be chosen. */
  readonly selected: boolean | undefined;
  /** The columns that are marked, counted from 0. */
  readonly marked: { readonly left: number; readonly right: number } | null;
  readonly rowId: (row: Row) => string;
  readonly rowLabel: (row: Row) => string;
  readonly cell: (row: Row, column: GridColumn) => ReactNode;
  /** The column that is being changed, what stands in its place, and the id of its note. */
  readonly edited: number | null;
  readonly editor: ((row: Row, column: GridColumn) => ReactNode) | undefined;
  readonly note: string;
  readonly onEdit: (column: number) => void;
  readonly onCursor: (column: number) => void;
  readonly onChoose: (range: boolean) => void;
  readonly onOpen: (row: Row) => void;
  readonly testId: string;
}

/** A row of a grid; grey bars while its record is being fetched. */
export function GridRow<Row>(props: GridRowProps<Row>) {
  const { index, row, columns, cursor, selected, marked, edited, editor } = props;
  const { t } = useTranslation();
  const testId = row ? `${props.testId}.row.${props.rowId(row)}` : undefined;
  const content = (of: Row, column: GridColumn, at: number) =>
    edited === at && editor ? editor(of, column) : props.cell(of, column);
  return (
    <div
      role="row"
      className={styles.row}
      style={{ transform: `translateY(${props.top}px)` }}
      aria-rowindex={index + 2}
      aria-level={props.level}
      aria-selected={selected}
      aria-busy={row === undefined || undefined}
      data-testid={testId}
      data-record={row && props.rowId(row)}
      data-edited={edited !== null || undefined}
      onDoubleClick={() => row && !editor && props.onOpen(row)}
    >
      {selected !== undefined && (
        <div
          role="gridcell"
          className={styles.check}
          aria-colindex={1}
          tabIndex={cursor === 0 ? 0 : -1}
          data-cell={`${index}:0`}
          onFocus={() => props.onCursor(0)}
        >
          {row !== undefined && (
            <Checkbox
              label={t("grid.select", { name: props.rowLabel(row) })}
              checked={selected}
              unreachable
              onChange={() => props.onChoose(false)}
            />
          )}
        </div>
      )}
      {columns.map((column, at) => (
        <div
          key={column.key}
          role="gridcell"
          className={styles.cell}
          data-numeric={column.numeric || undefined}
          data-first={at === 0 || undefined}
          aria-colindex={at + 2}
          tabIndex={cursor === at + 1 ? 0 : -1}
          data-cell={`${index}:${at + 1}`}
          data-testid={testId && `${testId}.cell.${column.key}`}
          data-edited={edited === at + 1 || undefined}
          data-marked={(marked && at >= marked.left && at <= marked.right) || undefined}
          aria-describedby={edited === at + 1 ? props.note : undefined}
          onFocus={() => props.onCursor(at + 1)}
          onDoubleClick={() => props.onEdit(at + 1)}
        >
          {row === undefined ? <span className={styles.bar} /> : content(row, column, at + 1)}
        </div>
      ))}
    </div>
  );
}
