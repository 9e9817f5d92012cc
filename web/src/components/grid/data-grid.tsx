import { type CSSProperties, useId } from "react";
import { sizes } from "@/styles/tokens";
import styles from "./data-grid.module.css";
import { GridHeader } from "./grid-header";
import { GridHeading } from "./grid-heading";
import { GridRow } from "./grid-row";
import type { DataGridProps } from "./model";
import { type Grid, useGrid } from "./use-grid";
import { useGridKeys } from "./use-grid-keys";
import { useMark } from "./use-mark";

/** A table of any number of records, of which only those in sight are drawn. */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { columns, selection } = props;
  const grid = useGrid(props);
  const { cursor } = grid;
  const mark = useMark(cursor, grid.go, props.exchange, grid.rowCount);
  const { press, choose } = useGridKeys(props, grid, mark);
  return (
    <div ref={grid.scroller} className={styles.scroller} data-plain={selection ? undefined : true}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it is a grid, or a grid in groups */}
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both have these */}
      <div
        role={props.headingAt ? "treegrid" : "grid"}
        aria-label={props.label}
        aria-rowcount={grid.rowCount + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable={selection !== undefined || undefined}
        className={styles.grid}
        style={layoutOf(props, grid)}
        data-testid={props.testId}
        onKeyDown={press}
        {...mark.handlers}
      >
        <GridHeader
          columns={columns}
          cursor={cursor.row === -1 ? cursor.column : null}
          selection={selection}
          onCursor={(column) => grid.arrive({ row: -1, column })}
          onSort={props.onSort}
          onResize={props.onResize}
        />
        <Rows {...props} grid={grid} mark={mark} choose={choose} />
      </div>
    </div>
  );
}

function layoutOf<Row>({ columns, selection, rowHeight }: DataGridProps<Row>, { virtual }: Grid) {
  const widths = columns.map((one) => one.width);
  const template = selection ? [sizes["cell-check"], ...widths] : widths;
  const total = template.reduce<number>((sum, width) => sum + width, 0);
  const layout: CSSProperties & Record<`--${string}`, string> = {
    height: `${virtual.getTotalSize()}px`,
    minWidth: `${total}px`,
    "--columns": `${template.map((width) => `${width}px`).join(" ")} minmax(0, 1fr)`,
    "--grid-row": `${rowHeight}px`,
  };
  return layout;
}

interface RowsProps<Row> extends DataGridProps<Row> {
  readonly grid: Grid;
  readonly mark: ReturnType<typeof useMark>;
  readonly choose: (row: number, range: boolean) => void;
}

/** The rows in sight, and the headings among them. */
function Rows<Row>({ grid, mark, choose, ...props }: RowsProps<Row>) {
  const { columns, selection, rowAt, editing } = props;
  const { cursor, edited } = grid;
  const note = useId();
  return grid.virtual.getVirtualItems().map(({ key, index, start }) => {
    const heading = props.headingAt?.(index);
    const place = {
      index,
      top: start,
      columns,
      cursor: cursor.row === index ? cursor.column : null,
      onCursor: (column: number) => {
        if (cursor.row !== index || cursor.column !== column) mark.clear();
        grid.arrive({ row: index, column });
      },
    };
    if (heading) {
      const boxes = selection !== undefined;
      return <GridHeading key={key} {...place} heading={heading} boxes={boxes} />;
    }
    return (
      <GridRow
        key={key}
        {...place}
        level={props.headingAt ? 2 : undefined}
        row={rowAt(index)}
        selected={selection?.has(index)}
        marked={mark.columnsOf(index)}
        rowId={props.rowId}
        rowLabel={props.rowLabel}
        cell={props.cell}
        edited={edited?.row === index ? edited.column : null}
        editor={editing && ((row, column) => editing.editor(row, column, grid.leave, note))}
        note={note}
        onEdit={(column) => grid.edit({ row: index, column })}
        onChoose={(range) => choose(index, range)}
        onOpen={props.onOpen}
        testId={props.testId}
      />
    );
  });
}
