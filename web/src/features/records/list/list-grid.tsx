import { lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Catalog, Field } from "@/api/catalog";
import type { ObjectDefinition, ViewColumn } from "@/api/definitions";
import { pluralOf, useCatalog } from "@/api/meta";
import { DataGrid } from "@/components/grid/data-grid";
import type { Editing, GridColumn, Heading, Selection } from "@/components/grid/model";
import { usePreferences } from "@/components/preferences";
import { lookOf } from "@/kinds/field/kinds";
import { ValueView } from "@/kinds/field/value-view";
import { densities, sizes } from "@/styles/tokens";
import { type CellSaves, cellKey } from "../edit/use-cell-saves";
import { useWaiting } from "../outbox/use-waiting";
import type { Cells } from "../paste/use-cells";
import { type ListOrigin, recordAddress } from "../record/neighbours";
import type { ColumnWidths } from "./column-widths";
import styles from "./list.module.css";
import type { ListState } from "./list-state";
import type { BodyProps } from "./list-states";
import type { ListRow, Rows } from "./use-rows";

const CellEditor = lazy(() => import("../edit/cell-editor"));
const CellQuestions = lazy(() => import("../edit/cell-questions"));
const PasteDialog = lazy(() => import("../paste/paste-dialog"));

/** What the grid and the cards are both given. */
export interface ListBodyProps {
  readonly object: ObjectDefinition;
  readonly state: ListState;
  readonly rows: Rows;
  readonly origin: ListOrigin;
  readonly nameOf: (row: ListRow) => string;
  readonly claim?: BodyProps["claim"];
}

interface ListGridProps extends ListBodyProps {
  /** Left out, nothing can be chosen. */
  readonly selection?: Selection;
  readonly columnWidths: ColumnWidths;
  readonly cells: Cells;
  readonly headingAt?: ((row: number) => Heading | undefined) | undefined;
  readonly onOpen: (id: string) => void;
  readonly onSort: (field: string, additive: boolean) => void;
}

/** The records as a grid. */
export function ListGrid(props: ListGridProps) {
  const { object, state, rows, origin, columnWidths, claim: Claim } = props;
  const catalog = useCatalog();
  const { drawnDensity } = usePreferences();
  const density = drawnDensity === "touch" ? drawnDensity : (state.density ?? drawnDensity);
  const waiting = useWaiting(object.name);
  const { saves, exchange, paste } = props.cells;
  const display = catalog.display(object.name);
  const columns = state.columns.flatMap((column) => {
    const field = catalog.field(object.name, column.field);
    return field ? gridColumn(field, column, state.sort, columnWidths.widths) : [];
  });
  const cell = (row: ListRow, column: GridColumn) => {
    if (column.key === display) {
      const name = props.nameOf(row);
      const link = (
        <Link to={recordAddress(object.name, row.record.id)} state={origin} tabIndex={-1}>
          {name}
        </Link>
      );
      if (!Claim) return link;
      return (
        <Claim object={object} record={row.record} name={name} inCell>
          {link}
        </Claim>
      );
    }
    return <Cell catalog={catalog} object={object.name} row={row} column={column.key} />;
  };
  const editing: Editing<ListRow> = {
    editor: (row, column, leave, note) => {
      const field = catalog.field(object.name, column.key);
      if (!field) return null;
      const fault = saves.faults.get(cellKey(row.record.id, column.key));
      const given = { object: object.name, row, field, fault, saves, note, leave };
      return (
        <Suspense fallback={cell(row, column)}>
          <CellEditor {...given} />
        </Suspense>
      );
    },
    onUndo: () => void saves.undo(),
  };
  return (
    <>
      <DataGrid<ListRow>
        label={pluralOf(object)}
        columns={columns}
        rowCount={rows.length ?? 0}
        rowHeight={densities[density].row}
        rowAt={rows.rowAt}
        headingAt={props.headingAt}
        rowId={(row) => row.record.id}
        rowLabel={props.nameOf}
        cell={(row, column) => (
          <SavedCell
            saves={saves}
            waits={waiting.fields(row.record.id).has(column.key)}
            row={row}
            column={column}
            cell={cell}
          />
        )}
        editing={editing}
        exchange={exchange}
        selection={props.selection}
        onOpen={(row) => props.onOpen(row.record.id)}
        onSort={(column, additive) => props.onSort(column.key, additive)}
        onResize={(column, width) => columnWidths.resize(column.key, width)}
        onSight={rows.onSight}
        testId={`list.${object.name}`}
      />
      <p className="unseen" role="status" data-testid="list.news">
        {saves.news}
      </p>
      {saves.question && (
        <Suspense>
          <CellQuestions object={object.name} question={saves.question} saves={saves} />
        </Suspense>
      )}
      {paste.pasting && (
        <Suspense>
          <PasteDialog object={object.name} paste={paste} />
        </Suspense>
      )}
    </>
  );
}

interface SavedCellProps {
  readonly saves: CellSaves;
  /** Whether its value waits to be sent. */
  readonly waits: boolean;
  readonly row: ListRow;
  readonly column: GridColumn;
  readonly cell: (row: ListRow, column: GridColumn) => ReactNode;
}

/** A cell with what is on its way to the server, or came back from it. */
function SavedCell({ saves, waits, row, column, cell }: SavedCellProps) {
  const { t } = useTranslation();
  const key = cellKey(row.record.id, column.key);
  const value = saves.pending.get(key);
  if (value !== undefined) {
    const record = { ...row.record, [column.key]: value };
    return <span className={styles.pending}>{cell({ ...row, record }, column)}</span>;
  }
  const fault = saves.faults.get(key);
  if (!fault && waits) {
    return (
      <span className={styles.pending} title={t("outbox.waitsToBeSent")} data-testid="cell.waits">
        {cell(row, column)}
        <span className="unseen">{t("outbox.waitsToBeSent")}</span>
      </span>
    );
  }
  if (!fault) return cell(row, column);
  return (
    <span className={styles.refused} title={fault.message} data-testid="cell.refused">
      {cell(row, column)}
      <span className="unseen">{t("cell.refused", { message: fault.message })}</span>
    </span>
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
    sortable: !look.unsortable && field.sort !== false && field.can !== "mask",
    sort: at < 0 ? undefined : sort[at]?.startsWith("-") ? "descending" : "ascending",
    sortPlace: at >= 0 && sort.length > 1 ? at + 1 : undefined,
  };
}
