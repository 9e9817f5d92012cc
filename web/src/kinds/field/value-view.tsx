import type { Field } from "@/api/catalog";
import type { Included, Value } from "@/api/types";
import { lookOf } from "./kinds";

interface ValueViewProps {
  readonly field: Field;
  readonly value: Value | undefined;
  readonly included?: Included | undefined;
  readonly brief?: boolean;
}

/** A value as its field kind shows it; nothing for null. */
export function ValueView({ field, value, included, brief }: ValueViewProps) {
  if (value === null || value === undefined) return null;
  const { Display } = lookOf(field);
  return <Display field={field} value={value} included={included} brief={brief} />;
}
