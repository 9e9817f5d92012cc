import type { Field } from "@/api/catalog";
import { lookOf } from "@/kinds/field/kinds";
import { quoted } from "@/kinds/field/look";
import { operatorOf } from "@/kinds/field/operators";
import { type Condition, type Group, isGroup } from "./model";

/** Finds a field by its name. */
export type FieldOf = (name: string) => Field | undefined;

/** The expression that a filter's rows mean; rows that say nothing yet are left out. */
export function writeFilter(filter: Group, fieldOf: FieldOf): string {
  return writeGroup(filter, fieldOf)?.text ?? "";
}

/** Whether a condition is complete. */
export function isComplete(condition: Condition): boolean {
  if (operatorOf(condition.operator).operand === "none") return true;
  return condition.operands.some((operand) => operand.trim() !== "");
}

interface Written {
  readonly text: string;
  readonly join: Group["join"] | null;
}

function writeGroup(filter: Group, fieldOf: FieldOf): Written | null {
  const parts = filter.items.flatMap((item): Written[] => {
    if (isGroup(item)) {
      const written = writeGroup(item, fieldOf);
      return written ? [written] : [];
    }
    const text = writeCondition(item, fieldOf);
    return text ? [{ text, join: null }] : [];
  });
  const [first] = parts;
  if (!first) return null;
  if (parts.length === 1) return first;
  const texts = parts.map((part) => {
    return part.join !== null && part.join !== filter.join ? `(${part.text})` : part.text;
  });
  return { text: texts.join(filter.join === "and" ? " && " : " || "), join: filter.join };
}

function writeCondition(condition: Condition, fieldOf: FieldOf): string | null {
  const field = fieldOf(condition.field);
  if (!field || !isComplete(condition)) return null;
  const { operand, write } = operatorOf(condition.operator);
  const literal = operand === "period" || operand === "text" ? quoted : lookOf(field).literal;
  return write(condition.field, ...condition.operands.filter(Boolean).map(literal));
}
