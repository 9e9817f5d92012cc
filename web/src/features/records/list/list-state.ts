import { useMemo } from "react";
import { useSearchParams } from "react-router";
import type { Catalog } from "@/api/catalog";
import type { ViewColumn, ViewDefinition, ViewType } from "@/api/definitions";
import type { ListOrigin } from "../record/neighbours";

/** What a list shows: a view, and what this address changes of it. */
export interface ListState {
  readonly view: ViewDefinition;
  readonly type: ViewType;
  readonly where: string;
  readonly sort: readonly string[];
  readonly columns: readonly ViewColumn[];
  readonly q: string;
  /** Whether filter, order or columns differ from the view's. */
  readonly changed: boolean;
}

/** What may be changed; null goes back to the view's own. */
export interface ListChange {
  readonly where?: string | null;
  readonly sort?: readonly string[] | null;
  readonly columns?: readonly string[] | null;
  readonly q?: string;
}

/** Reads a list's state from its address. */
export function readListState(
  catalog: Catalog,
  object: string,
  params: URLSearchParams,
): ListState {
  const views = catalog.views(object);
  const view = views.find((one) => one.name === params.get("view")) ?? views[0];
  if (!view) throw new Error("every object has a view");
  const sort = params.get("sort");
  const columns = params.get("columns");
  const own = view.columns.map((column) =>
    typeof column === "string" ? { field: column } : column,
  );
  const wanted = columns?.split(",").map((field) => {
    return own.find((column) => column.field === field) ?? { field };
  });
  const readable = (column: ViewColumn) => catalog.field(object, column.field) !== undefined;
  return {
    view,
    type: view.type ?? "table",
    where: params.get("where") ?? view.filter ?? "",
    sort: sort?.split(",").filter(Boolean) ?? view.sort ?? [],
    columns: (wanted ?? own).filter(readable),
    q: params.get("q") ?? "",
    changed: ["where", "sort", "columns"].some((name) => params.has(name)),
  };
}

/** The address after a change. */
export function writeListState(
  params: URLSearchParams,
  view: ViewDefinition,
  change: ListChange,
): URLSearchParams {
  const next = new URLSearchParams(params);
  const put = (name: string, value: string | null, standard: string) => {
    if (value === null || value === standard) next.delete(name);
    else next.set(name, value);
  };
  const fields = view.columns.map((column) => (typeof column === "string" ? column : column.field));
  if (change.where !== undefined) put("where", change.where, view.filter ?? "");
  if (change.sort !== undefined) put("sort", joined(change.sort), (view.sort ?? []).join(","));
  if (change.columns !== undefined) put("columns", joined(change.columns), fields.join(","));
  if (change.q !== undefined) put("q", change.q, "");
  return next;
}

function joined(names: readonly string[] | null): string | null {
  return names?.join(",") ?? null;
}

/** A list's state, kept in the address. */
export function useListState(catalog: Catalog, object: string) {
  const [params, setParams] = useSearchParams();
  const state = useMemo(() => readListState(catalog, object, params), [catalog, object, params]);
  const change = (what: ListChange) => {
    // Typing a search is one step back, not one a letter.
    const replace = Object.keys(what).every((name) => name === "q");
    setParams((before) => writeListState(before, state.view, what), { replace });
  };
  return [state, change] as const;
}

/** The list as a record's page knows it, to go back to it and on in it. */
export function originOf({ view, where, q, sort }: ListState): ListOrigin {
  return { view: view.name, where, q, sort };
}

/** The order after a click on a column: ascending, descending, then as before. */
export function nextSort(
  sort: readonly string[],
  field: string,
  additive: boolean,
): readonly string[] {
  const ascending = sort.includes(field);
  const descending = sort.includes(`-${field}`);
  const next = ascending ? [`-${field}`] : descending ? [] : [field];
  if (!additive) return next;
  const at = sort.findIndex((key) => key === field || key === `-${field}`);
  if (at < 0) return [...sort, ...next];
  return [...sort.slice(0, at), ...next, ...sort.slice(at + 1)];
}
