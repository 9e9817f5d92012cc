/** The comparisons that a filter's rows can make, and how each is written as an expression. */

/** What a comparison compares with. */
export type Operand = "none" | "text" | "value" | "options" | "period" | "date";

/** One comparison. */
export interface Operator {
  readonly operand: Operand;
  /** The expression, from the field and the literals it is compared with. */
  readonly write: (field: string, ...literals: readonly string[]) => string;
}

const operators = {
  contains: { operand: "text", write: (f, v) => `${f}.contains(${v})` },
  notContains: { operand: "text", write: (f, v) => `!${f}.contains(${v})` },
  startsWith: { operand: "text", write: (f, v) => `${f}.startsWith(${v})` },
  endsWith: { operand: "text", write: (f, v) => `${f}.endsWith(${v})` },
  equals: { operand: "value", write: (f, v) => `${f} == ${v}` },
  notEquals: { operand: "value", write: (f, v) => `${f} != ${v}` },
  greater: { operand: "value", write: (f, v) => `${f} > ${v}` },
  atLeast: { operand: "value", write: (f, v) => `${f} >= ${v}` },
  less: { operand: "value", write: (f, v) => `${f} < ${v}` },
  atMost: { operand: "value", write: (f, v) => `${f} <= ${v}` },
  anyOf: { operand: "options", write: (f, ...v) => `${f} in [${v.join(", ")}]` },
  noneOf: { operand: "options", write: (f, ...v) => `!(${f} in [${v.join(", ")}])` },
  under: { operand: "value", write: (f, v) => `under(${f}, ${v})` },
  includes: { operand: "text", write: (f, v) => `${v} in ${f}` },
  includesNot: { operand: "text", write: (f, v) => `!(${v} in ${f})` },
  has: { operand: "value", write: (f, v) => `${v} in ${f}` },
  hasNot: { operand: "value", write: (f, v) => `!(${v} in ${f})` },
  on: { operand: "date", write: (f, v) => `date(${f}) == ${v}` },
  before: { operand: "date", write: (f, v) => `date(${f}) < ${v}` },
  after: { operand: "date", write: (f, v) => `date(${f}) > ${v}` },
  past: { operand: "none", write: (f) => `${f} < today()` },
  pastDay: { operand: "none", write: (f) => `date(${f}) < today()` },
  within: { operand: "period", write: (f, v) => `within(${f}, ${v})` },
  isMe: { operand: "none", write: (f) => `${f} == me.id` },
  isTrue: { operand: "none", write: (f) => f },
  isFalse: { operand: "none", write: (f) => `!${f}` },
  empty: { operand: "none", write: (f) => `${f} == null` },
  filled: { operand: "none", write: (f) => `${f} != null` },
} as const satisfies Record<string, Operator>;

/** The name of a comparison. */
export type OperatorName = keyof typeof operators;

/** A comparison by its name. */
export function operatorOf(name: OperatorName): Operator {
  return operators[name];
}

/** The periods that a date can be within. */
export const periods = [
  "today",
  "yesterday",
  "tomorrow",
  "this_week",
  "last_week",
  "next_week",
  "this_month",
  "last_month",
  "next_month",
  "this_quarter",
  "last_quarter",
  "this_year",
  "last_year",
  "last_7_days",
  "last_30_days",
  "last_90_days",
  "next_7_days",
  "next_30_days",
] as const;

/** Whether a text names one of the periods. */
export function isPeriod(text: string): text is (typeof periods)[number] {
  return periods.some((period) => period === text);
}
