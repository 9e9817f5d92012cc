import type { Catalog, Field } from "@/api/catalog";
import { mayWrite } from "@/api/types";
import { lookOf } from "@/kinds/field/kinds";
import { fieldsOf, formParts } from "../form/form-model";

const few = 4;

/**
 * The fields that are asked for where a record is made in passing: what the form says, or its first
 * fields, and in any case what has to be given.
 */
export function quickFields(catalog: Catalog, object: string): readonly string[] {
  const form = catalog.form(object);
  const all = fieldsOf(formParts(catalog, form)).map((item) => item.field);
  const fit = all.filter(isGiven);
  const needed = fit.filter((field) => field.required && field.default === undefined);
  const said = form.quick?.flatMap((name) => fit.find((field) => field.name === name) ?? []) ?? [];
  if (said.length > 0) return names([...said, ...needed]);
  const more = fit.filter((field) => !needed.includes(field));
  const chosen = [...needed, ...more.slice(0, Math.max(0, few - needed.length))];
  return names(fit.filter((field) => chosen.includes(field)));
}

/** Whether a person gives the field its value, and has room for it in passing. */
function isGiven(field: Field): boolean {
  const open = mayWrite(field.can) && field.writable !== false && !field.as;
  return open && field.field !== "autonumber" && !lookOf(field).large;
}

function names(fields: readonly Field[]): readonly string[] {
  return [...new Set(fields.map((field) => field.name))];
}
