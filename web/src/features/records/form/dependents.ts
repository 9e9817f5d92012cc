import type { Field } from "@/api/catalog";
import { mayWrite, type Value, type Values } from "@/api/types";
import { codes } from "@/kinds/field/select";

/**
 * The fields that are emptied because what they have does not go with what is now chosen in the one
 * that they depend on.
 */
export function emptied(
  fields: readonly Field[],
  values: Values,
  changed: string,
  value: Value,
): Values {
  const chosen = codes(value);
  const fits = (field: Field, code: string) => {
    const option = field.oneOf?.find((one) => one.const === code);
    return option && (!option.when || option.when.some((other) => chosen.includes(other)));
  };
  const gone = fields.filter((field) => {
    const has = codes(values[field.name] ?? null);
    const depends = field.dependsOn === changed && mayWrite(field.can);
    return depends && has.some((code) => !fits(field, code));
  });
  return Object.fromEntries(gone.map((field) => [field.name, null]));
}
