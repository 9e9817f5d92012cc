import type { KeyboardEvent, PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { isSubmitKey } from "@/lib/submit-key";
import { sizes } from "@/styles/tokens";
import { Checkbox } from "../checkbox";
import { Icon } from "../icon";
import styles from "./data-grid.module.css";
import type { GridColumn, Selection } from "./model";

interface GridHeaderProps {
  readonly columns: readonly GridColumn[];
  /** The column with the focus, when it is in the header. */
  readonly cursor: number | null;
  readonly selection?: Selection | undefined;
  readonly onCursor: (column: number) => void;
  readonly onSort: (column: GridColumn, additive: boolean) => void;
  readonly onResize: (column: GridColumn, width: number) => void;
}

/** The titles of a grid's columns: they sort, and their edges make them wider or narrower. */
export function GridHeader(props: GridHeaderProps) {
  const { t } = useTranslation();
  const { columns, cursor, selection } = props;
  return (
    <div role="row" className={styles.header} aria-rowindex={1}>
      {selection && (
        <div
          role="columnheader"
          className={styles.check}
          aria-colindex={1}
          aria-label={t("grid.selection")}
          tabIndex={cursor === 0 ? 0 : -1}
          data-cell="-1:0"
          onFocus={() => props.onCursor(0)}
          onKeyDown={(event) => {
            if (event.key !== " " && !isSubmitKey(event)) return;
            event.preventDefault();
            selection.toggleAll();
          }}
        >
          <Checkbox
            label={t("grid.selectAll")}
            checked={selection.all}
            some={selection.some}
            unreachable
            onChange={selection.toggleAll}
          />
        </div>
      )}
      {columns.map((column, at) => (
        <HeaderCell
          key={column.key}
          column={column}
          at={at}
          focused={cursor === at + 1}
          onFocus={() => props.onCursor(at + 1)}
          onSort={props.onSort}
          onResize={props.onResize}
        />
      ))}
    </div>
  );
}

interface HeaderCellProps extends Pick<GridHeaderProps, "onSort" | "onResize"> {
  readonly column: GridColumn;
  readonly at: number;
  readonly focused: boolean;
  readonly onFocus: () => void;
}

function HeaderCell({ column, at, focused, onFocus, onSort, onResize }: HeaderCellProps) {
  const resize = (by: number) => {
    onResize(column, Math.max(sizes["cell-min"], column.width + by));
  };
  const press = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -sizes["column-step"], ArrowRight: sizes["column-step"] };
    if (event.altKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      event.preventDefault();
      resize(step[event.key]);
    } else if (column.sortable && (event.key === " " || isSubmitKey(event))) {
      event.preventDefault();
      onSort(column, event.shiftKey);
    }
  };
  const sorted = column.sort !== undefined;
  return (
    <div
      role="columnheader"
      className={styles.title}
      data-numeric={column.numeric || undefined}
      data-first={at === 0 || undefined}
      data-sortable={column.sortable || undefined}
      aria-colindex={at + 2}
      aria-sort={column.sortable ? (column.sort ?? "none") : undefined}
      tabIndex={focused ? 0 : -1}
      data-cell={`-1:${at + 1}`}
      data-testid={`column.${column.key}`}
      onFocus={onFocus}
      onKeyDown={press}
      onClick={(event) => column.sortable && onSort(column, event.shiftKey)}
    >
      <span className={styles.titleText}>{column.title}</span>
      {sorted && (
        <span className={styles.sort} aria-hidden="true">
          <Icon name={column.sort === "ascending" ? "arrow-up" : "arrow-down"} />
          {column.sortPlace}
        </span>
      )}
      <Edge width={column.width} onResize={(width) => onResize(column, width)} />
    </div>
  );
}

/** The edge that is dragged to resize; its keys are on the title. */
function Edge({ width, onResize }: { width: number; onResize: (width: number) => void }) {
  const drag = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    const edge = event.currentTarget;
    const start = event.clientX;
    edge.setPointerCapture(event.pointerId);
    const move = (now: globalThis.PointerEvent) => {
      onResize(Math.max(sizes["cell-min"], width + now.clientX - start));
    };
    const stop = () => {
      edge.removeEventListener("pointermove", move);
      edge.removeEventListener("pointerup", stop);
      edge.removeEventListener("pointercancel", stop);
    };
    edge.addEventListener("pointermove", move);
    edge.addEventListener("pointerup", stop);
    edge.addEventListener("pointercancel", stop);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dragging is a second way; Alt and an arrow key on the title is the first
    // biome-ignore lint/a11y/useKeyWithClickEvents: the click is only kept from sorting
    <span
      className={styles.edge}
      onPointerDown={drag}
      onClick={(event) => event.stopPropagation()}
    />
  );
}
