import type { Field } from "@/api/catalog";
import type { Included, Value } from "@/api/types";
import { lookOf } from "./kinds";

interface ValueViewProps {
  readonly field: Field;
  readonly value: Value | undefined;
  readonly included?: Included | undefined;
}

/** A value as its field kind shows it; nothing for null. */
export function ValueView({ field, value, included }: ValueViewProps) {
  if (value === null || value === undefined) return null;
  const { Display } = lookOf(field.field);
  return <Display field={field} value={value} included={included} />;
}
