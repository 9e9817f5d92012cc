import { Icon } from "../icon";
import styles from "./data-grid.module.css";
import type { GridColumn, Heading } from "./model";

interface GridHeadingProps {
  readonly index: number;
  readonly top: number;
  readonly columns: readonly GridColumn[];
  readonly cursor: number | null;
  readonly heading: Heading;
  /** Whether there is a column of boxes before the others. */
  readonly boxes: boolean;
  readonly onCursor: (column: number) => void;
}

/** A row that is the heading of a group: it folds, and its figures stand below their columns. */
export function GridHeading(props: GridHeadingProps) {
  const { index, columns, cursor, heading, boxes } = props;
  const cell = (column: number) => ({
    role: "gridcell",
    "aria-colindex": column + 1,
    tabIndex: cursor === column ? 0 : -1,
    "data-cell": `${index}:${column}`,
    onFocus: () => props.onCursor(column),
  });
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid hears the keys of its rows
    <div
      role="row"
      className={styles.row}
      style={{ transform: `translateY(${props.top}px)` }}
      aria-rowindex={index + 2}
      aria-level={1}
      aria-expanded={heading.open}
      data-heading
      data-testid={heading.testId}
      onClick={heading.toggle}
    >
      {boxes && <div {...cell(0)} className={styles.check} />}
      {columns.map((column, at) => (
        <div
          key={column.key}
          {...cell(at + 1)}
          className={styles.cell}
          data-numeric={(at > 0 && column.numeric) || undefined}
          data-first={at === 0 || undefined}
        >
          {at === 0 && <Icon name={heading.open ? "chevron-down" : "chevron-right"} />}
          {heading.cell(column, at === 0)}
        </div>
      ))}
    </div>
  );
}
