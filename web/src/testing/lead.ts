import { Catalog } from "@/api/catalog";
import type { Definition, Tree } from "@/api/definitions";
import type { Me, RecordAnswer } from "@/api/types";

/** A person who may do everything. */
export const me: Me = {
  id: "u1",
  name: "Wang Xiaoming",
  email: "wang@example.com",
  roles: ["admin"],
  locale: "en",
  timezone: "Asia/Shanghai",
  abilities: ["import", "export", "design"],
  organisation: {
    name: "Yuntu",
    currency: "CNY",
    timezone: "Asia/Shanghai",
    locale: "en",
    languages: ["zh-CN", "en"],
    currencies: [],
    fiscal_year_start: 1,
    brand: { name: "", accent: "", logo: "" },
    calendar: "weekdays",
    version: 1,
  },
};

const write = "write" as const;

const definitions: Definition[] = [
  {
    kind: "object",
    name: "lead",
    title: "Lead",
    plural: "Leads",
    display: "name",
    required: ["name"],
    can: { create: true, update: true, delete: true },
    properties: {
      name: { field: "text", title: "Name", can: write },
      status: {
        field: "select",
        title: "Status",
        can: write,
        oneOf: [
          { const: "new", title: "New", color: "blue" },
          { const: "lost", title: "Lost" },
        ],
      },
      reason: { field: "text", title: "Reason", can: write },
      tags: {
        field: "multiselect",
        title: "Tags",
        can: write,
        oneOf: [{ const: "vip", title: "Key account" }],
      },
      visits: { field: "integer", type: "integer", title: "Visits", can: write },
      budget: { field: "decimal", title: "Budget", can: write },
      score: { field: "integer", type: "integer", title: "Score", can: "read", writable: false },
      due: { field: "date", title: "Due", can: write },
      met_at: { field: "datetime", title: "Met", can: write },
      done: { field: "boolean", title: "Done", can: write },
      owner: { field: "user", title: "Owner", system: true, can: "read" },
      created_at: { field: "datetime", title: "Created", system: true, can: "read" },
    },
  },
  {
    kind: "form",
    name: "lead_default",
    object: "lead",
    title: "Lead",
    sections: [
      {
        title: "Who",
        columns: 2,
        fields: [
          "name",
          "status",
          { field: "reason", showIf: 'status == "lost"', requiredIf: 'status == "lost"' },
          "visits",
          "score",
          "secret",
        ],
      },
    ],
  },
  {
    kind: "view",
    name: "lead_open",
    object: "lead",
    title: "Open",
    type: "table",
    columns: ["name", { field: "status", width: 200 }, "secret"],
    filter: 'status != "lost"',
    sort: ["-created_at"],
  },
  {
    kind: "view",
    name: "lead_board",
    object: "lead",
    title: "Board",
    type: "kanban",
    columns: ["name"],
    group: "status",
  },
];

const isLost: Tree = {
  op: "==",
  type: "boolean",
  args: [
    { op: "field", type: "text", path: ["status"] },
    { op: "literal", type: "text", value: "lost" },
  ],
};

/** A small catalog of leads. */
export const catalog = new Catalog({
  revision: 1,
  definitions,
  expressions: {
    "form/lead_default/sections/0/fields/2/showIf": isLost,
    "form/lead_default/sections/0/fields/2/requiredIf": isLost,
  },
});

/** A lead as the server would answer it. */
export function leadAnswer(values: Record<string, string | number | null>, version = 1) {
  const empty = { name: "Zhang Wei", status: "new", reason: null, visits: 3, score: 50 };
  const answer: RecordAnswer = {
    data: { id: "r1", version, ...empty, ...values },
    included: {},
    can: { update: true, delete: true, fields: { score: "read" } },
  };
  return answer;
}
