import { useEffect, useMemo } from "react";
import { useSearchParams } from "react-router";
import type { Catalog } from "@/api/catalog";
import type { ViewColumn, ViewDefinition, ViewType } from "@/api/definitions";
import { type Layer, noChanges } from "@/api/layers";
import { type ChosenDensity, chosenDensities } from "@/components/preferences";
import type { ListOrigin } from "../record/neighbours";
import { type Layers, useLayers } from "./use-layers";
import { columnsOf, groupOf, layerName, layerOver, ownView } from "./views";

/** What a list shows: a view, what this person changed of it, and what this address changes. */
export interface ListState {
  readonly view: ViewDefinition;
  /** What this person changed of it; or, of a view of his own, the view itself. */
  readonly layer: Layer | undefined;
  /** Whether the view is this person's own. */
  readonly own: boolean;
  readonly type: ViewType;
  readonly where: string;
  readonly sort: readonly string[];
  readonly columns: readonly ViewColumn[];
  /** The field that the records are grouped by, perhaps with a unit of time; "" of none. */
  readonly group: string;
  readonly q: string;
  readonly widths: Readonly<Record<string, number>>;
  readonly density: ChosenDensity | undefined;
  /** What the address would say of the view as it is. */
  readonly standard: Address;
  /** Whether anything differs from the view's. */
  readonly changed: boolean;
}

/** What may be changed; null goes back to the view's own. */
export interface ListChange {
  readonly where?: string | null;
  readonly sort?: readonly string[] | null;
  readonly columns?: readonly string[] | null;
  readonly group?: string | null;
  readonly q?: string;
  readonly widths?: Readonly<Record<string, number>> | null;
  readonly density?: ChosenDensity | null;
}

/** What the address says of a view: all that differs, or nothing. */
const addressed = ["where", "sort", "columns", "group"] as const;

type Address = Readonly<Record<(typeof addressed)[number], string>>;

/** The views of an object that a person has: those of all, then his own. */
export function viewsOf(catalog: Catalog, object: string, layers: readonly Layer[]) {
  const shared = catalog.views(object);
  const own = layers.flatMap((layer) => ownView(shared, layer) ?? []);
  return [...shared, ...own];
}

/** Reads a list's state from its address, and where that says nothing from the person's layer. */
export function readListState(
  catalog: Catalog,
  object: string,
  params: URLSearchParams,
  layers: readonly Layer[] = [],
): ListState {
  const views = viewsOf(catalog, object, layers);
  const view = views.find((one) => one.name === params.get("view")) ?? views[0];
  if (!view) throw new Error("every object has a view");
  const layer = layerOver(layers, view);
  const own = layer !== undefined && layer.title !== "";
  const over = own || saysAll(params) ? undefined : layer;
  const readable = (column: ViewColumn) => catalog.field(object, column.field) !== undefined;
  const given = columnsOf(view).filter(readable);
  const columns = params.get("columns")?.split(",") ?? over?.columns;
  const wanted = columns?.map(
    (field) => given.find((column) => column.field === field) ?? { field },
  );
  const plain = { where: view.filter ?? "", sort: view.sort ?? [], group: groupOf(view) };
  const shown = {
    where: params.get("where") ?? over?.filter ?? plain.where,
    sort: params.get("sort")?.split(",").filter(Boolean) ?? over?.sort ?? plain.sort,
    columns: (wanted ?? given).filter(readable),
    group: params.get("group") ?? over?.group ?? plain.group,
  };
  const standard = addressOf({ ...plain, columns: given });
  const drawn = !own && ((layer?.widths ?? null) !== null || (layer?.density ?? null) !== null);
  return {
    ...shown,
    view,
    layer,
    own,
    type: view.type ?? "table",
    q: params.get("q") ?? "",
    widths: layer?.widths ?? {},
    density: chosenDensities.find((one) => one === layer?.density),
    standard,
    changed: drawn || differs(shown, standard),
  };
}

/** The address after a change: what differs from the view, and all of it or nothing. */
export function writeListState(
  params: URLSearchParams,
  state: ListState,
  change: ListChange,
): URLSearchParams {
  const next = new URLSearchParams(params);
  if (change.q === "") next.delete("q");
  else if (change.q !== undefined) next.set("q", change.q);
  const now = addressOf(state);
  const { standard } = state;
  for (const name of addressed) {
    const changed = change[name];
    const value = changed === undefined ? now[name] : (changed ?? standard[name]);
    const text = typeof value === "string" ? value : value.join(",");
    if (text === standard[name]) next.delete(name);
    else next.set(name, text);
  }
  return next;
}

/** A list's state, kept in the address, and for this person on the server. */
export function useListState(catalog: Catalog, object: string) {
  const [params, setParams] = useSearchParams();
  const layers = useLayers(object);
  const { all } = layers;
  const state = useMemo(
    () => readListState(catalog, object, params, all),
    [catalog, object, params, all],
  );
  const said = saysAll(params);
  useEffect(() => {
    // A link that is copied shows others what this person sees.
    const unsaid = !said && differs(state, state.standard);
    if (unsaid) setParams((now) => writeListState(now, state, {}), { replace: true });
  }, [said, state, setParams]);
  const change = (what: ListChange) => {
    keepChange(layers, state, what);
    if (Object.keys(what).every((name) => name === "widths" || name === "density")) return;
    // Typing a search is one step back, not one a letter.
    const replace = Object.keys(what).every((name) => name === "q");
    if (!replace && !said) fixAddress(params, state);
    setParams((before) => writeListState(before, state, what), { replace });
  };
  return { state, change, layers };
}

/** Keeps what was changed of a shared view, and how a view of one's own is drawn. */
function keepChange(layers: Layers, state: ListState, what: ListChange): void {
  const { view, layer, own, standard } = state;
  const name = layerName(view);
  const before: Layer = layer ?? { ...noChanges, name, view: name };
  const drawn = {
    ...(what.widths !== undefined && { widths: filled(what.widths) }),
    ...(what.density !== undefined && { density: what.density }),
  };
  const unless = <V extends string | readonly string[]>(value: V | null, of: string): V | null =>
    value === null || String(value) === of ? null : value;
  const shown = own
    ? {}
    : {
        ...(what.where !== undefined && { filter: unless(what.where, standard.where) }),
        ...(what.sort !== undefined && { sort: unless(what.sort, standard.sort) }),
        ...(what.columns !== undefined && { columns: unless(what.columns, standard.columns) }),
        ...(what.group !== undefined && { group: unless(what.group, standard.group) }),
      };
  const changes = { ...shown, ...drawn };
  if (Object.keys(changes).length > 0) void layers.keep({ ...before, ...changes });
}

function filled(widths: Readonly<Record<string, number>> | null) {
  return widths && Object.keys(widths).length > 0 ? widths : null;
}

/**
 * Writes what is shown into the address that is about to be left, so that going back leads to it and
 * not to what is kept from now on.
 */
function fixAddress(params: URLSearchParams, state: ListState): void {
  const here = writeListState(params, state, {});
  here.set("where", state.where);
  window.history.replaceState(window.history.state, "", `?${here}`);
}

/** Whether an address says what is listed; then it is not asked what this person changed. */
function saysAll(params: URLSearchParams): boolean {
  return addressed.some((name) => params.has(name));
}

type Addressed = Pick<ListState, "where" | "sort" | "columns" | "group">;

function addressOf({ where, sort, columns, group }: Addressed): Address {
  const names = columns.map((column) => column.field).join(",");
  return { where, sort: sort.join(","), columns: names, group };
}

function differs(shown: Addressed, standard: Address): boolean {
  const address = addressOf(shown);
  return addressed.some((name) => address[name] !== standard[name]);
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
