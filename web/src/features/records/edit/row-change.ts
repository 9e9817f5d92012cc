import type { TFunction } from "i18next";
import type { Field } from "@/api/catalog";
import type { RecordAnswer, RecordData, Values } from "@/api/types";
import { sameValue } from "@/lib/same-value";
import { emptied } from "../form/dependents";
import { changedValues } from "../form/draft";
import { findLacks, type Lack } from "../form/faults";
import { type FormField, fieldsOf } from "../form/form-model";
import type { FormRules } from "../form/rules";

/** What becomes of a record when some of its cells are given values. */
export interface RowChange {
  /** What is to be saved, with what is emptied because it depended on what is changed. */
  readonly values: Values;
  /** What of it cannot be, by field. */
  readonly lacks: Readonly<Record<string, Lack>>;
  /** The fields that only now have to be filled. */
  readonly asked: readonly string[];
}

type Judge = (record: Pick<RecordAnswer, "can">, values: Values) => FormRules;

/** Judges new values of some cells as the form of the record would. */
export function rowChange(
  judge: Judge,
  fields: readonly Field[],
  base: { readonly data: RecordData; readonly can: RecordAnswer["can"] },
  given: Values,
): RowChange {
  const { data } = base;
  const touched = Object.keys(given).filter((name) => !sameValue(given[name], data[name]));
  const others = touched.map((name) => emptied(fields, data, name, given[name] ?? null));
  const values = changedValues(data, Object.assign({}, ...others, given));
  const whole = { ...data, ...values };
  const [before, after] = [judge(base, data), judge(base, whole)];
  const own = fields
    .filter((field) => touched.includes(field.name))
    .flatMap((field) => {
      const items = fieldsOf(after.all).filter((item) => item.field.name === field.name);
      return items.length > 0 ? items : [plainItem(field)];
    });
  const open = fieldsOf(after.parts).filter((item) => !after.locked(item));
  const already = Object.keys(findLacks(open, data, before.required));
  const lacking = Object.keys(findLacks(open, whole, after.required));
  return {
    values,
    lacks: findLacks(own, whole, after.required),
    asked: lacking.filter((name) => !already.includes(name)),
  };
}

/** Why a cell cannot be changed; undefined when it can. */
export function lockedReason(
  rules: FormRules,
  can: RecordAnswer["can"],
  field: Field,
  t: TFunction,
): string | undefined {
  if (!can.update) return t("cell.noRight");
  const item = fieldsOf(rules.all).find((one) => one.field.name === field.name);
  const locked = rules.locked(item ?? plainItem(field));
  if (locked || !item) return locked;
  const shown = fieldsOf(rules.parts).some((one) => one.field.name === field.name);
  return shown ? undefined : t("cell.hidden");
}

/** A field that stands in no form: only its own rules hold. */
function plainItem(field: Field): FormField {
  return {
    field,
    span: 1,
    help: undefined,
    showIf: undefined,
    readOnlyIf: undefined,
    requiredIf: undefined,
  };
}
