import type { OperatorName } from "@/kinds/field/operators";
import { newId } from "@/lib/new-id";

/** One comparison of a filter. */
export interface Condition {
  readonly key: string;
  readonly field: string;
  readonly operator: OperatorName;
  /** What the field is compared with, as text: codes, ids, dates, numbers. */
  readonly operands: readonly string[];
}

/** Comparisons that must all hold, or of which one must. */
export interface Group {
  readonly key: string;
  readonly join: "and" | "or";
  readonly items: readonly (Condition | Group)[];
}

/** How deep groups stand in groups. */
export const deepest = 3;

/** Whether an item is a group. */
export function isGroup(item: Condition | Group): item is Group {
  return "join" in item;
}

/** A new group. */
export function group(join: Group["join"], items: Group["items"] = []): Group {
  return { key: newId(), join, items };
}

/** A new condition. */
export function condition(
  field: string,
  operator: OperatorName,
  operands: readonly string[] = [],
): Condition {
  return { key: newId(), field, operator, operands };
}

/** The group with one item changed; null takes it out. */
export function withItem(
  within: Group,
  key: string,
  change: (item: Condition | Group) => Condition | Group | null,
): Group {
  return {
    ...within,
    items: within.items.flatMap((item) => {
      if (item.key === key) return change(item) ?? [];
      return [isGroup(item) ? withItem(item, key, change) : item];
    }),
  };
}
