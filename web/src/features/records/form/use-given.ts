import { useQueries } from "@tanstack/react-query";
import type { Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import { displayOf, recordQuery } from "@/api/records";
import type { Included, Value, Values } from "@/api/types";
import { textsOf } from "@/kinds/field/document";
import { targetOf } from "@/kinds/field/lookup";

interface Pointed {
  readonly object: string;
  readonly id: string;
}

/** The names of the records that given values point to, once they are known. */
export function useGivenNames(fields: readonly Field[], values: Values): Included {
  const catalog = useCatalog();
  const wanted = fields.flatMap((field) => pointed(field, values[field.name] ?? null));
  const answers = useQueries({ queries: wanted.map(({ object, id }) => recordQuery(object, id)) });
  const included: Record<string, Record<string, { id: string; display: string }>> = {};
  wanted.forEach(({ object, id }, at) => {
    const record = answers[at]?.data?.data;
    if (!record) return;
    const display = displayOf(record, catalog.display(object));
    included[object] = { ...included[object], [id]: { id, display } };
  });
  return included;
}

function pointed(field: Field, value: Value): readonly Pointed[] {
  if (field.field === "lookup" && typeof value === "string" && value !== "") {
    return [{ object: targetOf(field), id: value }];
  }
  const { object, id } = field.field === "link" ? textsOf(value) : {};
  return object && id ? [{ object, id }] : [];
}
