import type { Catalog, Field } from "@/api/catalog";
import type { ConversionChoice, ConversionTarget } from "@/api/conversions";
import { mayWrite, type Value, type Values } from "@/api/types";

/** What a person has chosen for a target. */
export interface Choice {
  /** The id of a match, "new", or "skip". */
  readonly pick: string;
  /** What was typed for a new record. */
  readonly typed: Values;
  /** The fields of a match that get the new value in place of their own. */
  readonly replaced: readonly string[];
}

/** The first match where there is one, otherwise a new record. */
export function firstChoice(target: ConversionTarget): Choice {
  const pick = target.matches[0]?.id ?? (target.create ? "new" : "skip");
  return { pick, typed: {}, replaced: [] };
}

/** The fields of a new record that a person should look at: its name, what it needs, its money. */
export function askedFields(catalog: Catalog, object: string): readonly Field[] {
  return catalog.fields(object).filter((field) => {
    const money = field.field === "money" && field.index === true;
    const wanted = field.name === catalog.display(object) || field.required || money;
    return wanted && !points(field) && mayWrite(field.can) && !field.system;
  });
}

/** Whether a field names a record or a person, which is not chosen here. */
export function points(field: Field): boolean {
  return field.target !== undefined || field.field === "user";
}

/** Whether two values are the same, however they are written. */
export function same(a: Value | undefined, b: Value | undefined): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** What the server is told of a choice; `theirs` are the values of the match. */
export function told(
  target: ConversionTarget,
  choice: Choice,
  theirs: Values | undefined,
): ConversionChoice {
  if (choice.pick === "skip") return { skip: true };
  if (choice.pick === "new") return { values: choice.typed };
  const values: Record<string, Value> = {};
  for (const [name, value] of Object.entries(target.values)) {
    const empty = theirs !== undefined && (theirs[name] ?? null) === null;
    if (empty || choice.replaced.includes(name)) values[name] = value;
  }
  return { use: choice.pick, ...(Object.keys(values).length > 0 && { values }) };
}
