import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { ObjectDefinition } from "@/api/definitions";
import { pluralOf, useCatalog } from "@/api/meta";
import { displayOf } from "@/api/records";
import { Button } from "@/components/button";
import { FaultView } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import { usePhone } from "@/components/use-media";
import { useTitle } from "@/components/use-title";
import { FilterChips } from "../filter/filter-chips";
import { FilterPanel } from "../filter/filter-panel";
import { recordAddress } from "../record/neighbours";
import { useColumnWidths } from "./column-widths";
import { FirstUse, NoMatch } from "./empty-list";
import styles from "./list.module.css";
import { ListCards } from "./list-cards";
import { ListFooter } from "./list-footer";
import { ListGrid } from "./list-grid";
import { ListHeader } from "./list-header";
import { nextSort, useListState } from "./list-state";
import { ListToolbar } from "./list-toolbar";
import { useRows } from "./use-rows";
import { useSelection } from "./use-selection";

/** Find, compare and export records of one object. */
export function ListScreen({ object }: { object: ObjectDefinition }) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const navigate = useNavigate();
  const phone = usePhone();
  const [state, change] = useListState(catalog, object.name);
  const [filtering, setFiltering] = useState(false);
  const columnWidths = useColumnWidths(object.name);
  const display = catalog.display(object.name);
  const rows = useRows(object.name, {
    where: state.where,
    q: state.q,
    sort: state.sort,
    fields: [...new Set([display, ...state.columns.map((column) => column.field)])],
  });
  const idAt = (index: number) => rows.rowAt(index)?.record.id;
  const selection = useSelection(rows.total ?? 0, idAt, `${state.where}\n${state.q}`);
  useTitle(pluralOf(object));

  const toRecord = (id: string) => recordAddress(object.name, id);
  const origin = { view: state.view.name, where: state.where, q: state.q, sort: state.sort };
  const open = (id: string) => navigate(toRecord(id), { state: origin });
  const empty = rows.counted && rows.total === 0;
  const narrowed = state.where !== "" || state.q !== "";
  const listProps = {
    object,
    state,
    rows,
    origin,
    nameOf: (row: { record: Parameters<typeof displayOf>[0] }) => displayOf(row.record, display),
  };
  return (
    <div className={styles.screen} data-testid={`list.${object.name}`}>
      <ListHeader object={object} state={state} />
      <ListToolbar
        object={object}
        state={state}
        filtering={filtering}
        onFilter={() => setFiltering(!filtering)}
        onChange={change}
        columnWidths={columnWidths}
      />
      {filtering ? (
        <FilterPanel
          object={object.name}
          view={state.view}
          where={state.where}
          q={state.q}
          onApply={(where) => change({ where })}
          onClose={() => setFiltering(false)}
        />
      ) : (
        <FilterChips
          object={object.name}
          view={state.view}
          where={state.where}
          onChange={(where) => change({ where })}
        />
      )}
      {rows.error ? (
        <FaultView
          error={rows.error}
          onRetry={rows.retry}
          actions={
            narrowed && (
              <Button onClick={() => change({ where: "", q: "" })} testId="list.removeAll">
                {t("list.removeAll")}
              </Button>
            )
          }
        />
      ) : rows.length === undefined ? (
        <div className={styles.waiting}>
          <Skeleton lines={8} />
        </div>
      ) : empty && narrowed ? (
        <NoMatch object={object} state={state} onChange={change} />
      ) : empty ? (
        <FirstUse object={object} />
      ) : phone ? (
        <ListCards {...listProps} />
      ) : (
        <ListGrid
          {...listProps}
          selection={selection}
          columnWidths={columnWidths}
          onOpen={open}
          onSort={(field, additive) => change({ sort: nextSort(state.sort, field, additive) })}
        />
      )}
      <ListFooter object={object} state={state} total={rows.total} selection={selection} />
    </div>
  );
}
