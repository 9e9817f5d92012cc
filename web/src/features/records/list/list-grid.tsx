import { Link } from "react-router";
import type { Catalog, Field } from "@/api/catalog";
import type { ObjectDefinition, ViewColumn } from "@/api/definitions";
import { pluralOf, useCatalog } from "@/api/meta";
import { DataGrid, type GridColumn, type Selection } from "@/components/grid/data-grid";
import { usePreferences } from "@/components/preferences";
import { lookOf } from "@/kinds/field/kinds";
import { ValueView } from "@/kinds/field/value-view";
import { densities, sizes } from "@/styles/tokens";
import { type ListOrigin, recordAddress } from "../record/neighbours";
import type { useColumnWidths } from "./column-widths";
import type { ListState } from "./list-state";
import type { ListRow, useRows } from "./use-rows";

/** What the grid and the cards are both given. */
export interface ListBodyProps {
  readonly object: ObjectDefinition;
  readonly state: ListState;
  readonly rows: ReturnType<typeof useRows>;
  readonly origin: ListOrigin;
  readonly nameOf: (row: ListRow) => string;
}

interface ListGridProps extends ListBodyProps {
  /** Left out, nothing can be chosen. */
  readonly selection?: Selection;
  readonly columnWidths: ReturnType<typeof useColumnWidths>;
  readonly onOpen: (id: string) => void;
  readonly onSort: (field: string, additive: boolean) => void;
}

/** The records as a grid. */
export function ListGrid(props: ListGridProps) {
  const { object, state, rows, origin, columnWidths } = props;
  const catalog = useCatalog();
  const { drawnDensity } = usePreferences();
  const display = catalog.display(object.name);
  const columns = state.columns.flatMap((column) => {
    const field = catalog.field(object.name, column.field);
    return field ? gridColumn(field, column, state.sort, columnWidths.widths) : [];
  });
  const cell = (row: ListRow, column: GridColumn) => {
    if (column.key === display) {
      return (
        <Link to={recordAddress(object.name, row.record.id)} state={origin} tabIndex={-1}>
          {props.nameOf(row)}
        </Link>
      );
    }
    return <Cell catalog={catalog} object={object.name} row={row} column={column.key} />;
  };
  return (
    <DataGrid<ListRow>
      label={pluralOf(object)}
      columns={columns}
      rowCount={rows.length ?? 0}
      rowHeight={densities[drawnDensity].row}
      rowAt={rows.rowAt}
      rowId={(row) => row.record.id}
      rowLabel={props.nameOf}
      cell={cell}
      selection={props.selection}
      onOpen={(row) => props.onOpen(row.record.id)}
      onSort={(column, additive) => props.onSort(column.key, additive)}
      onResize={(column, width) => columnWidths.resize(column.key, width)}
      onSight={rows.onSight}
      testId={`list.${object.name}`}
    />
  );
}

interface CellProps {
  readonly catalog: Catalog;
  readonly object: string;
  readonly row: ListRow;
  readonly column: string;
}

function Cell({ catalog, object, row, column }: CellProps) {
  const field = catalog.field(object, column);
  if (!field) return null;
  return <ValueView field={field} value={row.record[column]} included={row.included} brief />;
}

function gridColumn(
  field: Field,
  column: ViewColumn,
  sort: readonly string[],
  widths: Readonly<Record<string, number>>,
): GridColumn {
  const look = lookOf(field);
  const at = sort.findIndex((key) => key === field.name || key === `-${field.name}`);
  return {
    key: field.name,
    title: field.title,
    width: widths[field.name] ?? column.width ?? sizes[`cell-${look.width}`],
    numeric: look.numeric ?? false,
    sortable: !look.unsortable && field.sort !== false,
    sort: at < 0 ? undefined : sort[at]?.startsWith("-") ? "descending" : "ascending",
    sortPlace: at >= 0 && sort.length > 1 ? at + 1 : undefined,
  };
}
