import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import type { RecordAnswer, Values } from "@/api/types";
import { type FormField, type FormPart, formParts, visibleParts } from "./form-model";
import { useJudge } from "./use-holds";

/** What a form says of a record's fields: which are to be seen, which must be filled, which are locked. */
export interface FormRules {
  readonly all: readonly FormPart[];
  readonly parts: readonly FormPart[];
  readonly required: (item: FormField) => boolean;
  readonly locked: (item: FormField) => string | undefined;
}

/** The rules of a form for a record as it is now. */
export function useFormRules(
  object: string,
  record: RecordAnswer | null,
  values: Values,
): FormRules {
  const rules = useRules(object);
  return useMemo(() => rules(record, values), [rules, record, values]);
}

/** The rules of the form of any record. */
export function useRules(
  object: string,
): (record: Pick<RecordAnswer, "can"> | null, values: Values) => FormRules {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const judge = useJudge(object);
  return useCallback(
    (record, values) => {
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
        if (!canWrite(item, record)) return t("form.locked.right");
        return holds(item.readOnlyIf, false) ? t("form.locked.rule") : undefined;
      };
      return { all, parts, required, locked };
    },
    [t, catalog, judge, object],
  );
}

function canWrite({ field }: FormField, record: Pick<RecordAnswer, "can"> | null): boolean {
  if (field.can === "read" || field.writable === false) return false;
  return record?.can.fields?.[field.name] !== "read";
}
