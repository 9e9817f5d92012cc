import { Decimal } from "decimal.js";
import { equal, functions, normal } from "./functions";
import type { Input, Kind, Node, Value } from "./node";
import { toNumber, writeNumber } from "./number";
import { dateOf, instantOf } from "./time";

/**
 * Gives an expression's value, the same that the server would give; a boolean is never null. What is
 * not of its field's kind, such as a number that is still being typed, counts as null.
 */
export function evaluate(node: Node, input: Input): Value {
  const value = walk(node, input);
  return value === null && node.type === "boolean" ? false : value;
}

/** Gives an expression's value as records have it on the wire. */
export function evaluateWire(node: Node, input: Input): Exclude<Value, Decimal> {
  const value = evaluate(node, input);
  return Decimal.isDecimal(value) ? writeNumber(value) : value;
}

/** Tells whether a condition holds; null does not. */
export const holds = (node: Node, input: Input): boolean => walk(node, input) === true;

function walk(node: Node, input: Input): Value {
  const args = node.args ?? [];
  switch (node.op) {
    case "literal":
      return read(node.type, node.value);
    case "field":
      return read(node.type, input.record?.(node.path ?? []));
    case "prior":
      return read(node.type, input.prior?.(node.path ?? []));
    case "me":
      return read(node.type, input.me?.(node.path?.[0] ?? ""));
    case "&&":
      return args.every((arg) => holds(arg, input));
    case "||":
      return args.some((arg) => holds(arg, input));
    case "?:": {
      const [condition, yes, no] = args;
      const branch = condition && holds(condition, input) ? yes : no;
      return branch ? walk(branch, input) : null;
    }
    case "in": {
      const [item, list] = args;
      if (!item || list?.op !== "list") break;
      const value = walk(item, input);
      return (list.args ?? []).some((member) => equal(value, walk(member, input)));
    }
  }
  const call = functions[node.op];
  if (!call) throw new Error(`unknown operation ${node.op}`);
  return call(
    args.map((arg) => walk(arg, input)),
    node,
    input,
  );
}

/** Reads a value of the wire. */
function read(kind: Kind, wire: unknown): Value {
  switch (kind) {
    case "boolean":
      return typeof wire === "boolean" ? wire : null;
    case "number":
      return toNumber(wire);
    case "date":
      return typeof wire === "string" ? dateOf(wire) : null;
    case "datetime":
      return typeof wire === "string" ? instantOf(wire) : null;
    case "set":
      return Array.isArray(wire)
        ? normal(wire.filter((member): member is string => typeof member === "string"))
        : null;
    case "json": // only whether there is one can be asked
      return wire === null || wire === undefined ? null : JSON.stringify(wire);
    default:
      return typeof wire === "string" ? normal(wire) : null;
  }
}
