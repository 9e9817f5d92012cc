import type { Catalog, Field } from "@/api/catalog";

/** What one sees of a line: its own fields but for the way back to the record. */
export function columnsOf(catalog: Catalog, field: Field): readonly Field[] {
  const parents = catalog.objects
    .filter((object) => object.properties[field.name]?.target === field.target)
    .map((object) => object.name);
  return catalog
    .fields(field.target ?? "")
    .filter((one) => !one.system && one.name !== field.order && one.name !== "owner")
    .filter((one) => !(one.field === "lookup" && parents.includes(one.target ?? "")));
}

/** Whether a column is worked out by the server, and here ahead of it. */
export const isComputed = (column: Field): boolean => column.as !== undefined;
