import { readFileSync } from "node:fs";
import { Decimal } from "decimal.js";
import { describe, expect, it } from "vitest";
import { evaluate, holds } from "./evaluate";
import type { Input, Node, Value } from "./node";
import { writeNumber } from "./number";

/** A case of the table of truth, or a random one, with its tree. */
interface Case {
  readonly name: string;
  readonly record?: Readonly<Record<string, unknown>>;
  readonly prior?: Readonly<Record<string, unknown>>;
  readonly me?: Readonly<Record<string, unknown>>;
  readonly now?: string;
  readonly zone?: string;
  readonly expect?: unknown;
  readonly tree?: Node;
}

/** What letters.json holds: the characters there are, and the forms of those that have two. */
interface Letters {
  readonly assigned: readonly (readonly [number, number])[];
  readonly letters: readonly (readonly [string, string, string])[];
}

const now: Input = { now: new Date(0) };

function read<T>(file: string): T {
  return JSON.parse(readFileSync(file, "utf8"));
}

const folder = "../schemas/expressions";

function input(from: Case): Input {
  return {
    record: (path) => from.record?.[path.join(".")],
    prior: (path) => from.prior?.[path.join(".")],
    me: (name) => from.me?.[name],
    now: new Date(from.now ?? "0001-01-01T00:00:00Z"),
    ...(from.zone ? { zone: from.zone } : {}),
  };
}

/** A value as it is on the wire; a number, which may be written in many ways, as one of them. */
function wire(value: Value): unknown {
  return Decimal.isDecimal(value) ? writeNumber(value) : value;
}

describe("evaluate", () => {
  const cases = read<{ cases: Case[] }>(`${folder}/vectors.json`).cases;
  const trees = read<Record<string, Node>>(`${folder}/trees.json`);

  for (const vector of cases) {
    const tree = trees[vector.name];
    if (!tree) continue; // an expression that Go refuses
    it(vector.name, () => {
      expect(wire(evaluate(tree, input(vector)))).toEqual(vector.expect);
      expect(holds(tree, input(vector))).toBe(vector.expect === true);
    });
  }

  it("gives random expressions the value that Go gives them", () => {
    const samples = read<Case[]>(process.env.EXPRESSION_SAMPLES ?? `${folder}/samples.json`);
    expect(samples.length).toBeGreaterThan(100);
    for (const { tree, ...sample } of samples) {
      if (!tree) throw new Error(`${sample.name} has no tree`);
      expect(wire(evaluate(tree, input(sample))), sample.name).toEqual(sample.expect);
    }
  });

  it("has the capitals and small letters that Go has", () => {
    const { assigned, letters } = read<Letters>(`${folder}/letters.json`);
    const known = new Set<string>();
    for (const [from, to] of assigned) {
      for (let code = from; code <= to; code++) known.add(String.fromCodePoint(code));
    }
    const forms = new Map(letters.map(([c, small, capital]) => [c, [small, capital]]));
    const equal = (a: readonly unknown[], b: readonly unknown[]): boolean =>
      a.every((x, i) => x === b[i]);
    const change = (op: string, text: string): Value =>
      evaluate({ op, type: "text", args: [{ op: "literal", type: "text", value: text }] }, now);
    const wrong = [...known].filter((c) => {
      const got = [change("lower", c), change("upper", c)];
      // A newer Unicode may pair letters that Go does not know.
      return [...got.join("")].every((c) => known.has(c)) && !equal(got, forms.get(c) ?? [c, c]);
    });
    expect(wrong).toEqual([]);
  });

  it("counts what is not of its field's kind as null", () => {
    const typing: Input = { ...now, record: () => "12." };
    const field = { op: "field", path: ["score"] };
    expect(evaluate({ ...field, type: "number" }, typing)).toBeNull();
    expect(evaluate({ ...field, type: "date" }, typing)).toBeNull();
    expect(evaluate({ ...field, type: "boolean" }, typing)).toBe(false);
  });
});
