import type { Field } from "@/api/catalog";
import type { Value } from "@/api/types";
import { lookOf } from "@/kinds/field/kinds";
import type { TextContext } from "@/kinds/field/look";
import { harmless } from "@/lib/sheet";

type Context = Omit<TextContext, "field">;

/** A value as a person sees it in a cell; several with what separates them in spreadsheets. */
export function cellWords(field: Field, value: Value | undefined, context: Context): string {
  if (value === null || value === undefined) return "";
  const { text } = lookOf(field);
  if (!isTexts(value)) return text(value, { ...context, field });
  return value.map((one) => text([one], { ...context, field })).join("; ");
}

/** The same for a spreadsheet, which must not run it. */
export function cellForSheet(field: Field, value: Value | undefined, context: Context): string {
  const words = cellWords(field, value, context);
  return lookOf(field).numeric ? words : harmless(words);
}

function isTexts(value: Value): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
