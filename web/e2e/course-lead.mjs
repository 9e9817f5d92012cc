/**
 * The real leads: where their file is, and the object that an administrator would make for them,
 * with a field for each of its 37 columns.
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

/** The file; TRELLIS_DATA_SETS says where the shared data sets are. */
export const leadsFile = resolve(
  process.env.TRELLIS_DATA_SETS ?? resolve(import.meta.dirname, "../../../shared/data"),
  "x-education-leads/leads.csv",
);

const numbers = {
  "Lead Number": "integer",
  TotalVisits: "integer",
  "Total Time Spent on Website": "integer",
  "Page Views Per Visit": "decimal",
  "Asymmetrique Activity Score": "integer",
  "Asymmetrique Profile Score": "integer",
};

/** A title as a name. */
export const nameOf = (title) =>
  title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "")
    .replace(/^(?=\d)/, "n")
    .slice(0, 48);

/** The object, and a view of all its columns. */
export async function courseLead() {
  const [titles, ...rows] = parse(await readFile(leadsFile, "utf8"));
  const properties = {};
  titles.forEach((title, at) => {
    const values = new Set(rows.map((row) => row[at]).filter(Boolean));
    properties[nameOf(title)] = { title, ...kindOf(title, values) };
  });
  const names = Object.keys(properties);
  return [
    {
      kind: "object",
      name: "course_lead",
      title: "Course lead",
      plural: "Course leads",
      icon: "user-plus",
      type: "object",
      display: "prospect_id",
      required: ["prospect_id"],
      properties,
    },
    {
      kind: "view",
      name: "course_lead_all",
      object: "course_lead",
      title: "All",
      type: "table",
      columns: names.slice(0, 12),
      sort: ["-lead_number"],
    },
    {
      kind: "app",
      name: "courses",
      title: "Courses",
      items: [{ object: "course_lead" }],
    },
  ];
}

function kindOf(title, values) {
  if (title === "Prospect ID") return { field: "text", unique: true };
  if (numbers[title]) return { field: numbers[title] };
  const known = ["Yes", "No", "0", "1"];
  if (values.size <= 2 && [...values].every((value) => known.includes(value))) {
    return { field: "boolean" };
  }
  const options = new Map();
  for (const value of [...values].sort()) {
    if (value === "Select" || value === "google") continue;
    let code = nameOf(value);
    while (options.has(code)) code += "_2";
    options.set(code, { const: code, title: value });
  }
  return { field: "select", oneOf: [...options.values()] };
}

/** A plain reader of CSV. */
function parse(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n|$)/g)) {
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\n") rows.push([]);
    if (end === "") break;
  }
  return rows.filter((row) => row.length > 1);
}
