/** Where a list that is fetched page by page begins. */
export const firstPage: string | undefined = undefined;

/** The names under which answers are kept; a longer key is forgotten with any of its beginnings. */
export const keys = {
  session: ["session"],
  setup: ["setup"],
  samples: ["samples"],
  meta: ["meta"],
  options: (name: string) => ["meta", "options", name],
  apiKeys: ["api-keys"],
  imports: ["imports"],
  import: (id: string) => ["imports", id],
  importRows: (id: string, state: string) => ["imports", id, "rows", state],
  export: (id: string) => ["exports", id],
  allRecords: ["records"],
  records: (object: string) => ["records", object],
  page: (object: string, ...of: readonly unknown[]) => ["records", object, "page", ...of],
  count: (object: string, ...of: readonly unknown[]) => ["records", object, "count", ...of],
  figures: (object: string, ...of: readonly unknown[]) => ["records", object, "figures", ...of],
  lookup: (object: string, ...of: readonly unknown[]) => ["records", object, "lookup", ...of],
  record: (object: string, id: string) => ["records", object, "one", id],
  neighbours: (object: string, ...of: readonly unknown[]) => [
    "records",
    object,
    "neighbours",
    ...of,
  ],
  timeline: (object: string, id: string, ...of: readonly unknown[]) => [
    "records",
    object,
    "timeline",
    id,
    ...of,
  ],
  conversion: (object: string, id: string) => ["records", object, "one", id, "conversion"],
  files: (object: string, id: string) => ["records", object, "one", id, "files"],
  evaluations: ["evaluations"],
  evaluation: (kind: string, name: string, filter: unknown) => ["evaluations", kind, name, filter],
  check: (object: string, use: string, text: string) => ["check", object, use, text],
} as const;
