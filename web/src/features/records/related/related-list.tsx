import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import type { Catalog, Field } from "@/api/catalog";
import type { ObjectDefinition } from "@/api/definitions";
import type { RelatedList as List } from "@/api/form-definition";
import { keys } from "@/api/keys";
import { pluralOf, useCatalog } from "@/api/meta";
import { displayOf, figuresQuery } from "@/api/records";
import { useMe } from "@/api/session";
import { Button, LinkButton } from "@/components/button";
import { FaultView } from "@/components/fault-view";
import { usePreferences } from "@/components/preferences";
import { Skeleton } from "@/components/skeleton";
import { useFormat } from "@/components/use-format";
import { usePhone } from "@/components/use-media";
import { quoted } from "@/kinds/field/look";
import { inSentence } from "@/lib/words";
import { densities, sizes } from "@/styles/tokens";
import { FilterChips } from "../filter/filter-chips";
import { summable, totalName } from "../group/model";
import { useColumnWidths } from "../list/column-widths";
import { ListCards } from "../list/list-cards";
import { ListGrid } from "../list/list-grid";
import { type ListState, nextSort, originOf, readListState } from "../list/list-state";
import { type ListRow, useRows } from "../list/use-rows";
import { useCells } from "../paste/use-cells";
import { recordAddress } from "../record/neighbours";
import styles from "./related.module.css";

interface RelatedListProps {
  readonly list: List;
  readonly object: ObjectDefinition;
  readonly by: Field;
  /** The record that they point to. */
  readonly of: string;
  readonly id: string;
}

const FilterPanel = lazy(() => import("../filter/filter-panel"));
const CellMenu = lazy(() => import("../paste/cell-menu"));

const rowsShown = 6;
const cardsShown = 3;

/** The records of one object that point to a record: a small list, real in all it does. */
export function RelatedList({ list, object, by, of, id }: RelatedListProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const navigate = useNavigate();
  const phone = usePhone();
  const heading = useId();
  const columnWidths = useColumnWidths(object.name);
  const { drawnDensity } = usePreferences();
  const [sort, setSort] = useState(list.sort ?? []);
  const [own, setOwn] = useState("");
  const [filtering, setFiltering] = useState(false);
  const state = stateOf(catalog, list, sort, id, own);
  const display = catalog.display(object.name);
  const nameOf = (row: ListRow) => displayOf(row.record, display);
  const rows = useRows(object.name, {
    where: state.where,
    q: "",
    sort,
    fields: [...new Set([display, ...state.columns.map((column) => column.field)])],
  });
  const cells = useCells(object, state, rows, { about: keys.record(of, id) });
  const most = phone ? cardsShown : rowsShown;
  const shown = Math.min(rows.length ?? 0, most);
  const height = phone
    ? shown * sizes["card-height"] + sizes["space-2"]
    : (shown + 1) * densities[drawnDensity].row + sizes["space-4"];
  const origin = originOf(state);
  const body = { object, state, origin, nameOf };
  return (
    <section
      className={styles.list}
      aria-labelledby={heading}
      data-testid={`related.${list.object}`}
    >
      <Heading id={heading} total={rows.total} {...{ list, object, by, of, record: id, state }}>
        <Button
          kind="quiet"
          icon="filter"
          expanded={filtering}
          onClick={() => setFiltering(!filtering)}
          testId={`related.${object.name}.filter`}
        >
          {t("list.filter")}
        </Button>
        {!phone && shown > 0 && (
          <Suspense>
            <CellMenu cells={cells} />
          </Suspense>
        )}
      </Heading>
      {filtering ? (
        <Suspense fallback={<Skeleton lines={2} />}>
          <FilterPanel
            object={object.name}
            view={state.view}
            where={own}
            q=""
            within={scopeOf(list, id)}
            onApply={setOwn}
            onClose={() => setFiltering(false)}
          />
        </Suspense>
      ) : (
        <FilterChips object={object.name} view={state.view} where={own} onChange={setOwn} />
      )}
      {rows.error !== null && <FaultView error={rows.error} onRetry={rows.retry} />}
      {rows.error === null && rows.length === undefined && <Skeleton lines={3} />}
      {rows.counted && rows.total === 0 && (
        <p className={styles.none}>
          {t(own ? "related.noMatch" : "related.none", { objects: inSentence(pluralOf(object)) })}
        </p>
      )}
      {shown > 0 && (
        <div className={styles.body} style={{ height }}>
          {phone ? (
            <ListCards {...body} rows={{ ...rows, length: shown }} />
          ) : (
            <ListGrid
              {...body}
              rows={rows}
              columnWidths={columnWidths}
              cells={cells}
              onOpen={(opened) => navigate(recordAddress(object.name, opened), { state: origin })}
              onSort={(field, additive) => setSort(nextSort(sort, field, additive))}
            />
          )}
        </div>
      )}
    </section>
  );
}

interface HeadingProps {
  readonly id: string;
  readonly total: number | undefined;
  readonly list: List;
  readonly object: ObjectDefinition;
  readonly by: Field;
  readonly of: string;
  readonly record: string;
  readonly state: ListState;
  readonly children: ReactNode;
}

function Heading(props: HeadingProps) {
  const { id, total, list, object, by, of, record, state } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const full = new URLSearchParams({
    where: state.where,
    columns: state.columns.map((column) => column.field).join(","),
  });
  if (state.sort.length > 0) full.set("sort", state.sort.join(","));
  const pointing = by.field === "link" ? `${of}/${record}` : record;
  const given = new URLSearchParams({ [by.name]: pointing });
  const fillable = by.can === "write" && by.writable !== false;
  const title = list.title ?? pluralOf(object);
  return (
    <header className={styles.head}>
      <h2 id={id}>
        {title}
        {total !== undefined && <span className={styles.count}>{format.number(total)}</span>}
        <Sums object={object.name} state={state} />
      </h2>
      {props.children}
      {total !== undefined && total > 0 && (
        <Link to={`/o/${object.name}?${full}`} data-testid={`related.${object.name}.open`}>
          {t("related.open")}
          <span className="unseen">{title}</span>
        </Link>
      )}
      {object.can?.create && fillable && (
        <LinkButton
          kind="quiet"
          icon="plus"
          to={`/o/${object.name}/new?${given}`}
          testId={`related.${object.name}.add`}
        >
          {t("action.newOf", { object: inSentence(object.title) })}
        </LinkButton>
      )}
    </header>
  );
}

/** The sums of the amounts that the list shows. */
function Sums({ object, state }: { object: string; state: ListState }) {
  const format = useFormat();
  const catalog = useCatalog();
  const { currency } = useMe().organisation;
  const amounts = state.columns
    .flatMap(({ field }) => catalog.field(object, field) ?? [])
    .filter((field) => field.field === "money" && summable(field));
  const measures = amounts.map((field) => {
    return { as: totalName(field), function: "sum" as const, field: field.name };
  });
  const figures = useQuery({
    ...figuresQuery(object, { where: state.where, groups: [], measures }),
    enabled: amounts.length > 0,
  });
  const sums = amounts.flatMap((field) => {
    const sum = figures.data?.[0]?.[totalName(field)] ?? null;
    return sum === null ? [] : `${field.title} ${format.money(String(sum), currency)}`;
  });
  if (sums.length === 0) return null;
  return (
    <span className={styles.count} data-testid={`related.${object}.sums`}>
      {sums.join(" · ")}
    </span>
  );
}

/** Which records point to this one. */
function scopeOf(list: List, id: string): string {
  return `${list.by} == ${quoted(id)}`;
}

/** The list as the full list would show it. */
function stateOf(
  catalog: Catalog,
  list: List,
  sort: readonly string[],
  id: string,
  own: string,
): ListState {
  const whole = readListState(catalog, list.object, new URLSearchParams());
  // What points to this record says nothing new in its list.
  const columns = list.columns?.map((field) => ({ field })) ?? whole.columns;
  return {
    ...whole,
    type: "table",
    where: own ? `${scopeOf(list, id)} && (${own})` : scopeOf(list, id),
    sort,
    columns: columns.filter(
      ({ field }) => (list.columns || field !== list.by) && catalog.field(list.object, field),
    ),
    group: "",
    changed: true,
  };
}
