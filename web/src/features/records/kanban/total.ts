import type { Field } from "@/api/catalog";
import { isMoney } from "@/kinds/field/money";
import type { Formatter } from "@/lib/format";

/** A sum above a column, with the name of what is summed. Money is summed in one currency. */
export function totalText(
  field: Field,
  total: string | null,
  format: Formatter,
  currency: string,
): string {
  const value = total ?? "0";
  const short = isMoney(field) ? format.short(value, currency) : format.short(value);
  return `${field.title} ${field.field === "percent" ? `${short}%` : short}`;
}
