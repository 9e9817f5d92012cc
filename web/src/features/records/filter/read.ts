import type { Field } from "@/api/catalog";
import type { Tree } from "@/api/definitions";
import { lookOf } from "@/kinds/field/kinds";
import type { OperatorName } from "@/kinds/field/operators";
import { type Condition, condition, deepest, type Group, group, isGroup } from "./model";
import type { FieldOf } from "./write";

/** The rows that an expression's tree means; null when it says more than rows can. */
export function readFilter(tree: Tree, fieldOf: FieldOf): Group | null {
  const item = read(tree, fieldOf, 1);
  if (!item) return null;
  return isGroup(item) ? item : group("and", [item]);
}

function read(tree: Tree, fieldOf: FieldOf, depth: number): Condition | Group | null {
  if (tree.op !== "&&" && tree.op !== "||") return readCondition(tree, fieldOf);
  if (depth > deepest) return null;
  const items = argsOf(tree).map((arg) => read(arg, fieldOf, depth + 1));
  const known = items.filter((item) => item !== null);
  if (known.length < items.length) return null;
  return group(tree.op === "&&" ? "and" : "or", known);
}

const plain: Readonly<Record<string, OperatorName>> = {
  contains: "contains",
  startsWith: "startsWith",
  endsWith: "endsWith",
  within: "within",
  ">": "greater",
  ">=": "atLeast",
  "<": "less",
  "<=": "atMost",
};

const ofDay: Readonly<Record<string, OperatorName>> = { "==": "on", "<": "before", ">": "after" };

const negative: Readonly<Record<string, OperatorName>> = {
  contains: "notContains",
  anyOf: "noneOf",
  has: "hasNot",
  includes: "includesNot",
  isTrue: "isFalse",
};

function readCondition(tree: Tree, fieldOf: FieldOf): Condition | null {
  const [first, second] = argsOf(tree);
  if (tree.op === "field") return make(tree, fieldOf, "isTrue");
  if (!first) return null;
  if (tree.op === "!") return negated(first, fieldOf);
  if (!second) return null;
  if (tree.op === "in") return readIn(first, second, fieldOf);
  if (tree.op === "<" && second.op === "today") {
    const day = first.op === "date" ? argsOf(first)[0] : undefined;
    return make(day ?? first, fieldOf, day ? "pastDay" : "past");
  }
  const values = literalsOf(second);
  if (first.op === "date") {
    const operator = ofDay[tree.op];
    return operator && values ? make(argsOf(first)[0], fieldOf, operator, values) : null;
  }
  if (tree.op === "==" || tree.op === "!=") return readEquality(tree.op, first, second, fieldOf);
  const operator = plain[tree.op];
  return operator && values && values.length > 0 ? make(first, fieldOf, operator, values) : null;
}

function readEquality(op: "==" | "!=", first: Tree, second: Tree, fieldOf: FieldOf) {
  const same = op === "==";
  const isMe = second.op === "me" && second.path?.join(".") === "id";
  if (isMe) return same ? make(first, fieldOf, "isMe") : null;
  const values = literalsOf(second);
  if (!values) return null;
  if (values.length === 0) return make(first, fieldOf, same ? "empty" : "filled");
  return (
    make(first, fieldOf, same ? "equals" : "notEquals", values) ??
    make(first, fieldOf, same ? "anyOf" : "noneOf", values)
  );
}

function readIn(item: Tree, set: Tree, fieldOf: FieldOf): Condition | null {
  if (set.op === "list") {
    const members = argsOf(set).map((arg) => literalsOf(arg)?.[0]);
    const known = members.filter((member) => member !== undefined);
    if (known.length !== members.length) return null;
    // What lies under a node is written out, the node first.
    return make(item, fieldOf, "anyOf", known) ?? make(item, fieldOf, "under", known.slice(0, 1));
  }
  const values = literalsOf(item);
  if (!values) return null;
  return make(set, fieldOf, "has", values) ?? make(set, fieldOf, "includes", values);
}

function negated(tree: Tree, fieldOf: FieldOf): Condition | null {
  const inner = readCondition(tree, fieldOf);
  const operator = inner && negative[inner.operator];
  return operator ? checked(inner, fieldOf(inner.field), operator) : null;
}

function make(
  tree: Tree | undefined,
  fieldOf: FieldOf,
  operator: OperatorName,
  operands: readonly string[] = [],
): Condition | null {
  const [name, ...rest] = tree?.op === "field" ? (tree.path ?? []) : [];
  if (!name || rest.length > 0) return null;
  return checked(condition(name, operator, operands), fieldOf(name), operator);
}

function checked(found: Condition, field: Field | undefined, operator: OperatorName) {
  if (!field || !lookOf(field).operators.includes(operator)) return null;
  return { ...found, operator };
}

/** The value of a literal as text; none for null, null for what is no literal. */
function literalsOf(tree: Tree): readonly string[] | null {
  if (tree.op !== "literal") return null;
  if (tree.value === undefined || tree.value === null) return [];
  return typeof tree.value === "string" || typeof tree.value === "number"
    ? [String(tree.value)]
    : null;
}

function argsOf(tree: Tree): readonly Tree[] {
  return tree.args ?? [];
}
