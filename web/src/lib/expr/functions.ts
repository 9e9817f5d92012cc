import { Decimal } from "decimal.js";
import type { Input, Node, Value } from "./node";
import { bounded, numberOf, toNumber, whole, writeNumber } from "./number";
import * as time from "./time";

/** What a function is given: the values of its arguments, its node, and the input. */
type Call = (args: readonly Value[], node: Node, input: Input) => Value;

/** Null gives null. */
const strict =
  (call: Call): Call =>
  (args, node, input) =>
    args.includes(null) ? null : call(args, node, input);

const numbers = (call: (a: Decimal, b: Decimal) => Decimal | null): Call =>
  strict(([a, b = whole(0)]) => (Decimal.isDecimal(a) && Decimal.isDecimal(b) ? call(a, b) : null));

const texts = (call: (a: string, b: string) => Value): Call =>
  strict(([a, b = ""]) =>
    typeof a === "string" && typeof b === "string" ? normal(call(a, b)) : null,
  );

/** A test with a null is false. */
const test =
  (call: (a: string, b: string) => boolean): Call =>
  ([a, b]) =>
    typeof a === "string" && typeof b === "string" && call(a, b);

const order =
  (holds: (sign: number) => boolean): Call =>
  ([a = null, b = null]) =>
    a !== null && b !== null && holds(compare(a, b));

/** Empty texts and sets are null. */
export const normal = (value: Value): Value =>
  value === "" || (Array.isArray(value) && value.length === 0) ? null : value;

/** Tells whether two values are the same; sets are when they have the same members. */
export function equal(a: Value, b: Value): boolean {
  if (Decimal.isDecimal(a)) return Decimal.isDecimal(b) && a.eq(b);
  if (isSet(a) && isSet(b)) return a.every((x) => b.includes(x)) && b.every((x) => a.includes(x));
  return a === b;
}

const isSet = (value: Value | undefined): value is readonly string[] => Array.isArray(value);

/** Orders two numbers, or two days or instants by their texts. */
function compare(a: Value, b: Value): number {
  if (Decimal.isDecimal(a) && Decimal.isDecimal(b)) return a.cmp(b);
  if (typeof a !== "string" || typeof b !== "string") return 0;
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Takes away the difference between capitals and small letters. İ and sigma are replaced beforehand,
 * so that the result is the same as in Go and in the databases.
 */
const fold = (text: string): string => text.replace(/İ/g, "i").replace(/[Σς]/g, "σ").toLowerCase();

const blanks = /^[\s\u0085]+|[\s\u0085]+$/g;

/** All but what RFC 3986 calls unreserved is written as %XX; half a character is none. */
const urlencode = (text: string): string =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd")).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function domain(email: string): Value {
  const at = email.lastIndexOf("@");
  return at < 0 ? null : fold(email.slice(at + 1));
}

function length(value: Value | undefined): Value {
  if (isSet(value)) return whole(value.length);
  return whole(typeof value === "string" ? [...value].length : 0);
}

function write(value: Value): Value {
  if (Decimal.isDecimal(value)) return writeNumber(value);
  return isSet(value) ? null : String(value);
}

const maxShift = 4_000_000;

function addDays(moment: Value, days: Value): Value {
  if (typeof moment !== "string" || !Decimal.isDecimal(days)) return null;
  const n = days.trunc().toNumber();
  if (Math.abs(n) > maxShift) return null;
  return moment.length === 10
    ? time.dateOfNumber(time.dayNumber(moment) + n)
    : time.writeInstant(Date.parse(moment) + n * 86_400_000);
}

const zone = (input: Input): string => input.zone ?? "UTC";
const today = (input: Input): string => time.dateIn(input.now.getTime(), zone(input)) ?? "";

function date(value: Value, kind: string | undefined, input: Input): Value {
  if (typeof value !== "string") return null;
  return kind === "datetime" ? time.dateIn(Date.parse(value), zone(input)) : time.dateOf(value);
}

const datePart = (from: number, to: number): Call =>
  strict(([d]) => (typeof d === "string" ? whole(Number(d.slice(from, to))) : null));

function digits(node: Node): number {
  return toNumber(node.args?.[1]?.value ?? "0")?.toNumber() ?? 0;
}

/** Every operator and function that does not decide which of its arguments are looked at. */
export const functions: Readonly<Record<string, Call>> = {
  "==": ([a = null, b = null]) => equal(a, b),
  "!=": ([a = null, b = null]) => !equal(a, b),
  "<": order((sign) => sign < 0),
  "<=": order((sign) => sign <= 0),
  ">": order((sign) => sign > 0),
  ">=": order((sign) => sign >= 0),
  in: ([item, set]) => typeof item === "string" && isSet(set) && set.includes(item),
  intersects: ([a, b]) => isSet(a) && isSet(b) && a.some((member) => b.includes(member)),
  "!": ([a]) => a !== true,
  "+": (args, node, input) =>
    node.type === "text"
      ? normal(args.map((arg) => arg ?? "").join(""))
      : numbers((a, b) => bounded(a.plus(b)))(args, node, input),
  "-": (args, node, input) =>
    numbers((a, b) => (args.length === 1 ? a.neg() : bounded(a.minus(b))))(args, node, input),
  "*": numbers((a, b) => bounded(a.times(b))),
  "/": numbers((a, b) => (b.isZero() ? null : bounded(a.div(b)))),
  "%": numbers((a, b) => (b.isZero() ? null : bounded(a.mod(b)))),
  round: (args, node, input) =>
    numbers((a) => bounded(a, digits(node)))(args.slice(0, 1), node, input),
  floor: numbers((a) => bounded(a.floor())),
  ceil: numbers((a) => bounded(a.ceil())),
  abs: numbers((a) => a.abs()),
  min: strict(([a = null, b = null]) => (compare(b, a) < 0 ? b : a)),
  max: strict(([a = null, b = null]) => (compare(b, a) > 0 ? b : a)),
  number: texts(numberOf),
  coalesce: ([a = null, b = null]) => a ?? b,
  len: ([a]) => length(a),
  lower: texts(fold),
  upper: texts((a) => a.toUpperCase()),
  trim: texts((a) => a.replace(blanks, "")),
  contains: test((a, b) => fold(a).includes(fold(b))),
  startsWith: test((a, b) => fold(a).startsWith(fold(b))),
  endsWith: test((a, b) => fold(a).endsWith(fold(b))),
  domain: texts(domain),
  urlencode: texts(urlencode),
  text: strict(([a = null]) => write(a)),
  now: (_, __, input) => time.writeInstant(input.now.getTime()),
  today: (_, __, input) => today(input),
  date: strict(([a = null], node, input) => date(a, node.args?.[0]?.type, input)),
  datetime: texts(time.instantOf),
  days: texts((a, b) => whole(time.dayNumber(b) - time.dayNumber(a))),
  addDays: strict(([a = null, b = null]) => addDays(a, b)),
  year: datePart(0, 4),
  month: datePart(5, 7),
  day: datePart(8, 10),
  within: (args, _, input) =>
    test((moment, period) => time.within(moment, period, today(input), zone(input)))(
      args,
      _,
      input,
    ),
  inBusinessHours: test(time.inHours),
};
