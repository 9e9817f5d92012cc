import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import { useMe } from "@/api/session";
import type { RecordAnswer, Values } from "@/api/types";
import { useFormat } from "@/components/use-format";
import { type FormRules, type Rules, rulesOf } from "./rules";

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
export function useRules(object: string): Rules {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const me = useMe();
  const zone = useFormat().reader.timezone;
  return useMemo(() => rulesOf({ t, catalog, me, zone }, object), [t, catalog, me, zone, object]);
}
