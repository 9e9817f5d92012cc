/** The field kinds that a column of a file may become. */
export const columnKinds = [
  "text",
  "longtext",
  "integer",
  "decimal",
  "boolean",
  "date",
  "datetime",
  "email",
  "phone",
  "url",
] as const;

/** One of them. */
export type ColumnKind = (typeof columnKinds)[number];

const longLine = 120;

const tests: readonly (readonly [ColumnKind, RegExp])[] = [
  ["boolean", /^(yes|no|true|false|是|否)$/i],
  ["integer", /^-?\d{1,15}$/],
  ["decimal", /^-?\d+\.\d+$|^-?\d{1,3}(,\d{3})+(\.\d+)?$|^-?\d+$/],
  ["date", /^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?$/],
  ["datetime", /^\d{4}-\d{1,2}-\d{1,2}[T ]\d{1,2}:\d{2}/],
  ["email", /^\S+@\S+\.\S+$/],
  ["url", /^https?:\/\//i],
  ["phone", /^\+\d[\d\s-]{6,}$|^1\d{2}[\s-]?\d{4}[\s-]?\d{4}$/],
];

/** The kind that all samples of a column fit. */
export function guessKind(samples: readonly string[]): ColumnKind {
  const given = samples.map((sample) => sample.trim()).filter(Boolean);
  if (given.length === 0) return "text";
  const phone = tests.find(([kind]) => kind === "phone")?.[1];
  if (phone && given.every((sample) => phone.test(sample))) return "phone";
  // Leading zeros carry meaning: such a column is a code, not a number.
  const code = given.some((sample) => /^0\d/.test(sample));
  const fitting = tests.find(([kind, test]) => {
    if (code && (kind === "integer" || kind === "decimal")) return false;
    return given.every((sample) => test.test(sample));
  });
  if (fitting) return fitting[0];
  return given.some((sample) => sample.length > longLine) ? "longtext" : "text";
}

const longest = 48;

/** A field's name made from a column's title; never one that is taken. */
export function fieldName(title: string, taken: ReadonlySet<string>): string {
  const plain = title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, longest - 4)
    .replace(/_+$/, "");
  const base = plain || "column";
  let name = base;
  for (let number = 2; taken.has(name) || reserved.has(name); number++) name = `${base}_${number}`;
  return name;
}

/** Words that the expression language keeps for itself. */
const reserved = new Set(
  (
    "as break const continue else false for function if import in let loop me namespace null org " +
    "package prior record return trigger true var vars void while"
  ).split(" "),
);
