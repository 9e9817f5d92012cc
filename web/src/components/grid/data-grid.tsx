import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { isSaveKey, isShortcut, isSubmitKey } from "@/lib/submit-key";
import { sizes } from "@/styles/tokens";
import { type Cursor, moved } from "./cursor";
import styles from "./data-grid.module.css";
import { GridHeader } from "./grid-header";
import { GridHeading } from "./grid-heading";
import { GridRow } from "./grid-row";
import type { Editing, Exchange, GridColumn, Heading, Leave, Selection } from "./model";
import { useMark } from "./use-mark";

interface DataGridProps<Row> {
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

// Browsers cannot lay out boxes that are much taller.
const tallest = 30_000_000;

/** A table of any number of records, of which only those in sight are drawn. */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { columns, rowHeight, selection, rowAt, onSight } = props;
  const rowCount = Math.min(props.rowCount, Math.floor(tallest / rowHeight));
  const scroller = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<Cursor>({ row: 0, column: 1 });
  const [edited, setEdited] = useState<Cursor | null>(null);
  const note = useId();
  const moving = useRef(false);
  const anchor = useRef(0);

  const virtual = useVirtualizer({
    count: rowCount,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
    paddingStart: rowHeight,
    // The row with the focus stays drawn wherever one scrolls to.
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const first = Math.max(0, startIndex - overscan);
      const last = Math.min(count - 1, endIndex + overscan);
      const drawn = Array.from({ length: last - first + 1 }, (_, index) => first + index);
      const { row } = cursor;
      const outside = row >= 0 && row < count && (row < first || row > last);
      if (!outside) return drawn;
      return row < first ? [row, ...drawn] : [...drawn, row];
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the measured heights follow the density
  useEffect(() => virtual.measure(), [rowHeight]);

  const first = virtual.range?.startIndex ?? 0;
  const last = virtual.range?.endIndex ?? 0;
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
  const mark = useMark(cursor, go, props.exchange, rowCount);
  const leave = (to: Leave) => {
    setEdited(null);
    if (to === "away") return;
    const { row, column } = cursor;
    const beside = { left: column - 1, right: column + 1, stay: column, down: column }[to];
    go({
      row: Math.min(row + (to === "down" ? 1 : 0), rowCount - 1),
      column: Math.max(1, Math.min(beside, columns.length)),
    });
  };
  const edit = (at: Cursor) => {
    if (!props.editing || at.column === 0 || rowAt(at.row) === undefined) return false;
    setCursor(at);
    setEdited(at);
    return true;
  };

  const page = Math.max(1, last - first - 1);
  const press = (event: KeyboardEvent<HTMLDivElement>) => {
    const bounds = { rows: rowCount, columns: columns.length + 1, first: selection ? 0 : 1, page };
    const heading = props.headingAt?.(cursor.row);
    if (heading && folds(event, heading.open, cursor.column)) {
      event.preventDefault();
      heading.toggle();
      return;
    }
    const next = moved(cursor, event, bounds);
    if (!edited && mark.press(event, next)) {
      event.preventDefault();
      return;
    }
    if (next) {
      event.preventDefault();
      mark.clear();
      go(next);
      return;
    }
    if (cursor.row >= 0) pressOnRow(event);
  };
  const pressOnRow = (event: KeyboardEvent<HTMLDivElement>) => {
    const row = rowAt(cursor.row);
    if (selection && event.key === " ") {
      event.preventDefault();
      choose(cursor.row, event.shiftKey);
    } else if (selection && event.key === "a" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      selection.toggleAll();
    } else if (event.key === "z" && (event.ctrlKey || event.metaKey) && props.editing) {
      event.preventDefault();
      props.editing.onUndo();
    } else if (event.key === "Escape" && edited) {
      event.preventDefault();
      setEdited(null);
    } else if (event.key === "F2") {
      if (edit(cursor)) event.preventDefault();
    } else if (isShortcut(event.nativeEvent, "o") && row !== undefined) {
      event.preventDefault();
      props.onOpen(row);
    } else if (isSubmitKey(event) && row !== undefined && event.target instanceof HTMLElement) {
      if (event.target.closest("a")) return;
      event.preventDefault();
      if (isSaveKey(event) || !edit(cursor)) props.onOpen(row);
    }
  };
  const choose = (row: number, range: boolean) => {
    selection?.toggle(row, range ? anchor.current : undefined);
    anchor.current = row;
  };

  const cursorIn = (row: number) => (cursor.row === row ? cursor.column : null);
  const widths = columns.map((one) => one.width);
  const template = selection ? [sizes["cell-check"], ...widths] : widths;
  const total = template.reduce<number>((sum, width) => sum + width, 0);
  const layout: CSSProperties & Record<`--${string}`, string> = {
    height: `${virtual.getTotalSize()}px`,
    minWidth: `${total}px`,
    "--columns": `${template.map((width) => `${width}px`).join(" ")} minmax(0, 1fr)`,
    "--grid-row": `${rowHeight}px`,
  };
  return (
    <div ref={scroller} className={styles.scroller} data-plain={selection ? undefined : true}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it is a grid, or a grid in groups */}
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both have these */}
      <div
        role={props.headingAt ? "treegrid" : "grid"}
        aria-label={props.label}
        aria-rowcount={rowCount + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable={selection !== undefined || undefined}
        className={styles.grid}
        style={layout}
        data-testid={props.testId}
        onKeyDown={press}
        {...mark.handlers}
      >
        <GridHeader
          columns={columns}
          cursor={cursor.row === -1 ? cursor.column : null}
          selection={selection}
          onCursor={(column) => setCursor({ row: -1, column })}
          onSort={props.onSort}
          onResize={props.onResize}
        />
        {virtual.getVirtualItems().map((item) => {
          const heading = props.headingAt?.(item.index);
          const place = {
            index: item.index,
            top: item.start,
            columns,
            cursor: cursorIn(item.index),
          };
          const onCursor = (column: number) => {
            if (cursor.row !== item.index || cursor.column !== column) mark.clear();
            setCursor({ row: item.index, column });
            if (edited?.row !== item.index || edited.column !== column) setEdited(null);
          };
          if (heading) {
            return (
              <GridHeading
                key={item.key}
                {...place}
                heading={heading}
                boxes={selection !== undefined}
                onCursor={onCursor}
              />
            );
          }
          return (
            <GridRow
              key={item.key}
              {...place}
              level={props.headingAt ? 2 : undefined}
              row={rowAt(item.index)}
              selected={selection?.has(item.index)}
              marked={mark.columnsOf(item.index)}
              rowId={props.rowId}
              rowLabel={props.rowLabel}
              cell={props.cell}
              edited={edited?.row === item.index ? edited.column : null}
              editor={
                props.editing &&
                ((row, column) => props.editing?.editor(row, column, leave, note) ?? null)
              }
              note={note}
              onEdit={(column) => edit({ row: item.index, column })}
              onCursor={onCursor}
              onChoose={(range) => choose(item.index, range)}
              onOpen={props.onOpen}
              testId={props.testId}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Whether a key folds a heading or opens it: Enter and Space, and the arrows at its beginning. */
function folds(event: KeyboardEvent, open: boolean, column: number): boolean {
  if (isSubmitKey(event) || event.key === " ") return true;
  if (column > 1) return false;
  return event.key === (open ? "ArrowLeft" : "ArrowRight");
}
