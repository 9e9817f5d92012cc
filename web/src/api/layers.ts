import { queryOptions } from "@tanstack/react-query";
import { request, requestData } from "./client";
import { keys } from "./keys";

/** What a person changed of a view for himself; what is null is as in the view. */
export interface LayerSettings {
  /** The name of the view under it. */
  readonly view: string;
  /** Of a view of his own; "" of a shared one. */
  readonly title: string;
  readonly filter: string | null;
  readonly sort: readonly string[] | null;
  readonly columns: readonly string[] | null;
  readonly widths: Readonly<Record<string, number>> | null;
  readonly group: string | null;
  readonly density: string | null;
}

/** Settings under the name of their view, or under an id. */
export interface Layer extends LayerSettings {
  readonly name: string;
  /** When it was kept; not there before it is. */
  readonly at?: string;
}

/** A layer that changes nothing. */
export const noChanges = {
  title: "",
  filter: null,
  sort: null,
  columns: null,
  widths: null,
  group: null,
  density: null,
} as const;

const path = (object: string, ...name: readonly string[]) =>
  ["/me/views", object, ...name].map(encodeURI).join("/");

/** What the caller changed of the views of an object, and his own views. */
export function layersQuery(object: string) {
  return queryOptions({
    queryKey: keys.layers(object),
    queryFn: ({ signal }) => requestData<readonly Layer[]>("GET", path(object), { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Keeps a layer. */
export function keepLayer(object: string, { name, ...settings }: Layer): Promise<Layer> {
  const { view, title, filter, sort, columns, widths, group, density } = settings;
  const body = { view, title, filter, sort, columns, widths, group, density };
  return requestData<Layer>("PUT", path(object, name), { body });
}

/** Forgets a layer. */
export function forgetLayer(object: string, name: string): Promise<void> {
  return request<void>("DELETE", path(object, name));
}
