import { queryOptions, useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Catalog, type Field } from "./catalog";
import { requestData } from "./client";
import type { Meta, ObjectDefinition, Option, OptionSet } from "./definitions";
import { keys } from "./keys";

/** The catalog as the caller may see it. */
export const catalogQuery = queryOptions({
  queryKey: keys.meta,
  queryFn: async ({ signal }) => {
    const options = { signal, confirmKept: true };
    return new Catalog(await requestData<Meta>("GET", "/meta", options));
  },
  staleTime: 60_000,
  structuralSharing: false,
});

/** The catalog; the page waits for it. */
export function useCatalog(): Catalog {
  return useSuspenseQuery(catalogQuery).data;
}

/** The options of a field: its own, or those of a large set, which is asked for once. */
export function useOptions(field: Field | undefined): readonly Option[] | undefined {
  const name = field?.options ?? "";
  const asked = useQuery({
    queryKey: keys.options(name),
    queryFn: ({ signal }) => requestData<OptionSet>("GET", `/meta/options/${name}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: field?.oneOf === undefined && name !== "",
  });
  return field?.oneOf ?? asked.data?.oneOf;
}

/** The objects by the names that they have in a language. */
export function objectsIn(language: string) {
  return queryOptions({
    queryKey: keys.objectsIn(language),
    queryFn: ({ signal }) =>
      requestData<readonly ObjectDefinition[]>("GET", "/meta/object", { language, signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** A definition as it is stored, in the language it was written in. */
export function rawDefinition<D>(kind: string, name: string): Promise<D> {
  return requestData<D>("GET", `/meta/${kind}/${name}`, { query: { raw: "true" } });
}

/**
 * Makes definitions part of the catalog; all of them or, with a fault, none. With the revision that
 * they were made from, nothing that was changed since is overwritten.
 */
export function applyDefinitions(
  definitions: readonly unknown[],
  base?: number,
): Promise<{ revision: number }> {
  return requestData("POST", "/meta/_apply", { body: { definitions, base } });
}

/** The plain name of an object's records, for headings. */
export function pluralOf(object: ObjectDefinition): string {
  return object.plural ?? object.title;
}
