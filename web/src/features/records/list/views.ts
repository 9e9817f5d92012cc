import type { ViewColumn, ViewDefinition } from "@/api/definitions";
import type { Layer, LayerSettings } from "@/api/layers";
import type { ListState } from "./list-state";

/** The name under which is kept what is changed of the list of an object without views. */
const allName = "_all";

/** The name of the layer over a view. */
export function layerName(view: ViewDefinition): string {
  return view.name || allName;
}

/** The layer over a view, or the one that is the view. */
export function layerOver(layers: readonly Layer[], view: ViewDefinition): Layer | undefined {
  return layers.find((layer) => layer.name === layerName(view));
}

/** The columns of a view. */
export function columnsOf(view: ViewDefinition): readonly ViewColumn[] {
  return view.columns.map((column) => (typeof column === "string" ? { field: column } : column));
}

/** What the records of a table are grouped by: a field, perhaps with a unit of time. */
export function groupOf({ type = "table", group, by }: ViewDefinition): string {
  if (type !== "table" || !group) return "";
  return by ? `${group}:${by}` : group;
}

/** The two parts of what records are grouped by. */
export function groupParts(group: string): { readonly field: string; readonly by?: string } {
  const [field = "", by] = group.split(":");
  return by ? { field, by } : { field };
}

/** A person's own view: the shared one under it, with what differs. */
export function ownView(shared: readonly ViewDefinition[], layer: Layer): ViewDefinition | null {
  if (!layer.title) return null;
  const under = shared.find((view) => layerName(view) === layer.view);
  if (!under) return null;
  const given = columnsOf(under);
  const columns = layer.columns?.map(
    (name) => given.find((column) => column.field === name) ?? { field: name },
  );
  const { group, by, ...rest } = under;
  const table = (under.type ?? "table") === "table";
  const grouping = table && layer.group !== null ? layer.group : null;
  return {
    ...rest,
    ...(grouping === null ? { ...(group && { group }), ...(by && { by }) } : tableGroup(grouping)),
    name: layer.name,
    title: layer.title,
    filter: layer.filter ?? under.filter ?? "",
    sort: layer.sort ?? under.sort ?? [],
    columns: columns ?? given,
  };
}

function tableGroup(text: string) {
  const { field, by } = groupParts(text);
  return { ...(field && { group: field }), ...(by && { by }) };
}

/** What is shown, as a view of one's own. */
export function settingsOf(state: ListState, title: string): LayerSettings {
  const { view, layer, own, where, sort, columns, group, widths, density } = state;
  return {
    view: own && layer ? layer.view : layerName(view),
    title,
    filter: where,
    sort,
    columns: columns.map((column) => column.field),
    widths: Object.keys(widths).length > 0 ? widths : null,
    group: state.type === "table" ? group : null,
    density: density ?? null,
  };
}

/** A definition of a view with what is shown in place of what it says. */
export function definitionOf(state: ListState, before: object): object {
  const { where, sort, columns, group, widths, type } = state;
  const grouping =
    type === "table" ? { group: undefined, by: undefined, ...tableGroup(group) } : {};
  return {
    ...before,
    ...grouping,
    filter: where || undefined,
    sort,
    columns: columns.map(({ field, width: given }) => {
      const width = widths[field] ?? given;
      return width === undefined ? field : { field, width };
    }),
  };
}
