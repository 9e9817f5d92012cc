import type { TFunction } from "i18next";
import type { Catalog } from "@/api/catalog";
import { type Me, mayWrite, type RecordAnswer, type Values } from "@/api/types";
import { lookOf } from "@/kinds/field/kinds";
import { inputOf } from "@/kinds/field/reading";
import { holds } from "@/lib/expr/evaluate";
import { type FormField, type FormPart, formParts, type Holds, visibleParts } from "./form-model";

/** What a form says of a record's fields: which are to be seen, which must be filled, which are locked. */
export interface FormRules {
  readonly all: readonly FormPart[];
  readonly parts: readonly FormPart[];
  readonly required: (item: FormField) => boolean;
  readonly locked: (item: FormField) => string | undefined;
}

/** Who asks, and where. */
export interface Asking {
  readonly t: TFunction;
  readonly catalog: Catalog;
  readonly me: Me;
  readonly zone: string;
}

/** Judges conditions for the values of a record, as the server would. */
export type Judge = (values: Values) => Holds;

/** The rules of a form for a record. */
export type Rules = (record: Pick<RecordAnswer, "can"> | null, values: Values) => FormRules;

/** Judges the conditions of an object. */
export function judgeOf({ catalog, me, zone }: Omit<Asking, "t">, object: string): Judge {
  return (values) => {
    const input = inputOf({ catalog, me, zone, lookOf }, object, values);
    return (tree, otherwise) => (tree ? holds(tree, input) : otherwise);
  };
}

/** The rules of the form of an object. */
export function rulesOf(asking: Asking, object: string): Rules {
  const { t, catalog } = asking;
  const judge = judgeOf(asking, object);
  return (record, values) => {
    const holds = judge(values);
    const recordType = catalog.recordType(object, values);
    const all = formParts(catalog, catalog.form(object, recordType));
    const parts = visibleParts(all, holds).map((part) => ({
      ...part,
      fields: part.fields.filter((item) => record !== null || canWrite(item, record)),
    }));
    const required = (item: FormField): boolean => {
      const { name, required: always } = item.field;
      return Boolean(
        always || recordType?.required?.includes(name) || holds(item.requiredIf, false),
      );
    };
    const locked = (item: FormField): string | undefined => {
      if (item.field.field === "autonumber") return t("form.locked.auto");
      if (item.field.as) return t("form.locked.computed");
      if (item.field.writable === false) return t("form.locked.system");
      const right = record?.can.fields?.[item.field.name] ?? item.field.can;
      if (right === "mask") return t("form.locked.mask");
      if (!canWrite(item, record)) return t("form.locked.right");
      return holds(item.readOnlyIf, false) ? t("form.locked.rule") : undefined;
    };
    return { all, parts, required, locked };
  };
}

function canWrite({ field }: FormField, record: Pick<RecordAnswer, "can"> | null): boolean {
  if (!mayWrite(field.can) || field.writable === false) return false;
  return mayWrite(record?.can.fields?.[field.name]);
}
