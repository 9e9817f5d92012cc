import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { useCatalog, useOptions } from "@/api/meta";
import { displayOf, recordQuery } from "@/api/records";
import { useFormat } from "@/components/use-format";
import { lookOf } from "@/kinds/field/kinds";
import { targetOf } from "@/kinds/field/lookup";
import { isPeriod, type OperatorName, operatorOf } from "@/kinds/field/operators";
import { optionPath } from "@/lib/option-tree";
import { type Condition, type Group, isGroup } from "./model";

/** A date is said to be before, not less. */
function wordForDate(operator: Exclude<OperatorName, "pastDay">) {
  switch (operator) {
    case "equals":
      return "on";
    case "less":
      return "before";
    case "greater":
      return "after";
    case "atLeast":
      return "onOrAfter";
    case "atMost":
      return "onOrBefore";
    default:
      return operator;
  }
}

/** The word for a comparison of such a field. */
export function wordFor(operator: OperatorName, field: Field) {
  if (operator === "pastDay") return "past";
  return field.field === "date" ? wordForDate(operator) : operator;
}

/** A condition as a sentence, or of a group how many there are. */
export function usePartWords(part: Condition | Group, object: string): string {
  const { t } = useTranslation();
  const only = onlyCondition(part);
  const sentence = useSentence(only ?? nothing, object);
  if (only || !isGroup(part)) return sentence;
  const count = countConditions(part);
  return t(part.join === "or" ? "filter.anyOf" : "filter.allOf", { count });
}

const nothing: Condition = { key: "", field: "", operator: "empty", operands: [] };

function onlyCondition(part: Condition | Group): Condition | null {
  if (!isGroup(part)) return part;
  const [first] = part.items;
  return part.items.length === 1 && first && !isGroup(first) ? first : null;
}

/** A condition as a sentence. */
function useSentence(condition: Condition, object: string): string {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const field = catalog.field(object, condition.field);
  const [first = ""] = condition.operands;
  const options = useOptions(field);
  const refers = ["user", "lookup", "department"].includes(field?.field ?? "");
  const target = field ? targetOf(field) : "user";
  const wanted = refers && operatorOf(condition.operator).operand === "value";
  const referred = useQuery({ ...recordQuery(target, first), enabled: wanted && first !== "" });
  if (!field) return condition.field;
  const { operand } = operatorOf(condition.operator);
  const one = (value: string): string => {
    if (operand === "period") return isPeriod(value) ? t(`period.${value}`) : value;
    if (operand === "date") return format.date(value);
    if (refers) return referred.data ? displayOf(referred.data.data, catalog.display(target)) : "…";
    if (options) return optionPath(options, value);
    return lookOf(field).text(value, { field, format, t });
  };
  const value = format.either(condition.operands.map(one));
  return t(`sentence.${wordFor(condition.operator, field)}`, { field: field.title, value });
}

/** How many comparisons a filter makes. */
export function countConditions(filter: Group): number {
  return filter.items.reduce((sum, item) => sum + (isGroup(item) ? countConditions(item) : 1), 0);
}
