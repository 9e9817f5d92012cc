import { useQueries } from "@tanstack/react-query";
import type { Catalog, Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import { displayOf, recordQuery } from "@/api/records";
import type { Included, Reference, Value, Values } from "@/api/types";
import { rowsOf, textsOf } from "@/kinds/field/document";
import { targetOf } from "@/kinds/field/lookup";

const lookups: readonly string[] = ["lookup", "user", "department"];

interface Pointed {
  readonly object: string;
  readonly id: string;
}

/**
 * The names of the records that values point to, also those of lines: those that are known already,
 * and the others once they have come.
 */
export function useGivenNames(
  fields: readonly Field[],
  values: Values,
  known: Included = {},
): Included {
  const catalog = useCatalog();
  const wanted = fields
    .flatMap((field) => pointed(catalog, field, values[field.name] ?? null))
    .filter(({ object, id }) => !known[object]?.[id])
    .filter((one, at, all) => {
      return all.findIndex(({ object, id }) => one.object === object && one.id === id) === at;
    });
  const answers = useQueries({ queries: wanted.map(({ object, id }) => recordQuery(object, id)) });
  const included: Record<string, Record<string, Reference>> = {};
  for (const [object, records] of Object.entries(known)) included[object] = { ...records };
  wanted.forEach(({ object, id }, at) => {
    const record = answers[at]?.data?.data;
    if (!record) return;
    const display = displayOf(record, catalog.display(object));
    included[object] = { ...included[object], [id]: { id, display } };
  });
  return included;
}

function pointed(catalog: Catalog, field: Field, value: Value): readonly Pointed[] {
  if (lookups.includes(field.field) && typeof value === "string" && value !== "") {
    return [{ object: targetOf(field), id: value }];
  }
  if (field.field === "lines") {
    const columns = catalog.fields(field.target ?? "");
    return rowsOf(value).flatMap((row) =>
      columns.flatMap((column) => pointed(catalog, column, row[column.name] ?? null)),
    );
  }
  const { object, id } = field.field === "link" ? textsOf(value) : {};
  return object && id ? [{ object, id }] : [];
}
