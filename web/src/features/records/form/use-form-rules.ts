import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import type { RecordAnswer, Values } from "@/api/types";
import { type FormField, formParts, visibleParts } from "./form-model";
import { useHolds } from "./use-holds";

/** What a form says of a record's fields: which are to be seen, which must be filled, which are locked. */
export function useFormRules(object: string, record: RecordAnswer | null, values: Values) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const holds = useHolds(object, values);
  const recordType = catalog.recordType(object, values);
  const all = useMemo(
    () => formParts(catalog, catalog.form(object, recordType)),
    [catalog, object, recordType],
  );
  const parts = visibleParts(all, holds).map((part) => ({
    ...part,
    fields: part.fields.filter((item) => record !== null || canWrite(item, record)),
  }));
  const required = (item: FormField): boolean => {
    const { name, required: always } = item.field;
    return Boolean(always || recordType?.required?.includes(name) || holds(item.requiredIf, false));
  };
  const locked = (item: FormField): string | undefined => {
    if (item.field.field === "autonumber") return t("form.locked.auto");
    if (item.field.as) return t("form.locked.computed");
    if (item.field.writable === false) return t("form.locked.system");
    if (!canWrite(item, record)) return t("form.locked.right");
    return holds(item.readOnlyIf, false) ? t("form.locked.rule") : undefined;
  };
  return { all, parts, required, locked };
}

function canWrite({ field }: FormField, record: RecordAnswer | null): boolean {
  if (field.can === "read" || field.writable === false) return false;
  return record?.can.fields?.[field.name] !== "read";
}
