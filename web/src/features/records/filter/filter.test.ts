import { describe, expect, it } from "vitest";
import type { Field } from "@/api/catalog";
import type { Tree } from "@/api/definitions";
import { evaluate } from "@/lib/expr/evaluate";
import trees from "../../../../../schemas/expressions/trees.json";
import vectors from "../../../../../schemas/expressions/vectors.json";
import { condition, group, withItem } from "./model";
import { readFilter } from "./read";
import { isComplete, writeFilter } from "./write";

interface Vector {
  readonly name: string;
  readonly expression: string;
  readonly record?: Readonly<Record<string, unknown>>;
}

const kinds: Readonly<Record<string, string>> = {
  text: "text",
  number: "decimal",
  boolean: "boolean",
  date: "date",
  datetime: "datetime",
  record: "user",
  set: "multiselect",
};

const lead = new Map<string, Field>(
  Object.entries(vectors.objects.lead).map(([name, { type, ...rest }]) => {
    const options = "options" in rest ? rest.options : [];
    const field = type === "text" && options.length > 0 ? "select" : (kinds[type] ?? "text");
    const oneOf = options.map((code) => ({ const: code, title: code }));
    return [name, { name, field, title: name, required: false, oneOf }];
  }),
);
const fieldOf = (name: string) => lead.get(name);

const treeByName = new Map<string, Tree>(Object.entries(JSON.parse(JSON.stringify(trees))));
const cases: readonly Vector[] = vectors.cases;
const treeByText = new Map(
  cases.flatMap(({ name, expression }) => {
    const tree = treeByName.get(name);
    return tree ? [[expression, tree] as const] : [];
  }),
);
const read = (text: string) => {
  const tree = treeByText.get(text);
  if (!tree) throw new Error(`no tree for ${text}`);
  return readFilter(tree, fieldOf);
};

describe("filter rows and their expression", () => {
  it.each([
    'name.contains("cm")',
    'name.startsWith("AC")',
    "score < 5",
    "score >= 2.5",
    "score == -5",
    'status in ["new", "working"]',
    '!(status in ["new", "working"])',
    '"vip" in tags',
    '!("vip" in tags)',
    "done",
    "!done",
    "name == null",
    "name != null",
    'within(due, "last_7_days")',
    "owner == me.id",
    'owner == "01900000-0000-7000-8000-000000000001"',
    'due == date("2026-02-28")',
    'name == "a\\"b\'c\\n"',
    "done && urgent",
    "done && urgent && score > 1",
    "done || urgent",
  ])("go round trip: %s", (text) => {
    const rows = read(text);
    expect(rows && writeFilter(rows, fieldOf)).toBe(text);
  });

  it.each([
    ["null on the left", "null == name"],
    ["two fields", "score < visits"],
    ["a calculation", "amount + price == null"],
    ["a function", "len(name) > 2"],
    ["a negated group", "!(done && score > 5)"],
    ["a condition as a value", "(score > 5) == done"],
    ["my own values", "name == me.region"],
    ["a negated period", '!within(due, "today")'],
  ])("are text when they say more: %s", (_, text) => {
    expect(read(text)).toBeNull();
  });

  it("mean what was read, for every case of the table that rows can show", () => {
    const readable = cases.flatMap((one) => {
      const tree = treeByName.get(one.name);
      const rows = tree && readFilter(tree, fieldOf);
      const written = rows && treeByText.get(writeFilter(rows, fieldOf));
      return tree && written ? [{ ...one, tree, written }] : [];
    });
    expect(readable.length).toBeGreaterThan(60);
    for (const { name, record = {}, tree, written } of readable) {
      const input = {
        record: ([field = ""]: readonly string[]) => record[field],
        me: () => null,
        now: new Date("2026-11-21T08:00:00.000Z"),
      };
      expect([name, evaluate(written, input)]).toEqual([name, evaluate(tree, input)]);
    }
  });

  it("keep groups in groups apart", () => {
    const rows = group("and", [
      condition("status", "anyOf", ["new"]),
      group("or", [
        condition("score", "atLeast", ["80"]),
        condition("due", "less", ["2026-11-21"]),
      ]),
      condition("done", "isFalse"),
    ]);
    expect(writeFilter(rows, fieldOf)).toBe(
      'status in ["new"] && (score >= 80 || due < date("2026-11-21")) && !done',
    );
  });

  it("leave out rows that are not complete", () => {
    const rows = group("and", [condition("name", "contains"), condition("score", "less", ["5"])]);
    expect(writeFilter(rows, fieldOf)).toBe("score < 5");
    expect(isComplete(condition("name", "contains", [" "]))).toBe(false);
    expect(isComplete(condition("name", "empty"))).toBe(true);
    expect(writeFilter(group("and"), fieldOf)).toBe("");
  });

  it("write texts so that nothing in them is read as an expression", () => {
    const hostile = '" || true || "\\';
    const text = writeFilter(group("and", [condition("name", "equals", [hostile])]), fieldOf);
    expect(text).toBe('name == "\\" || true || \\"\\\\"');
  });

  it("can be changed deep inside", () => {
    const inner = condition("score", "less", ["5"]);
    const rows = group("and", [group("or", [inner])]);
    const changed = withItem(rows, inner.key, () => condition("score", "less", ["9"]));
    expect(writeFilter(changed, fieldOf)).toBe("score < 9");
    expect(
      writeFilter(
        withItem(rows, inner.key, () => null),
        fieldOf,
      ),
    ).toBe("");
  });
});
