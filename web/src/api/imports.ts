import { queryOptions } from "@tanstack/react-query";
import { address, idempotencyKey, request, requestData } from "./client";
import { keys } from "./keys";
import type { ProblemItem } from "./types";

/** What happens to a field that already has a value. */
export type OnExisting = "overwrite" | "fill_empty" | "keep";

/** How sure the server is of a guess. */
export type Confidence = "high" | "medium" | "low" | "none";

/** What a column says and its field cannot read. */
export interface Unmatched {
  readonly value: string;
  readonly count: number;
  /** Of a lookup: several records are called so. */
  readonly several: boolean;
}

/** A column of the file. */
export interface ImportColumn {
  readonly index: number;
  readonly title: string;
  readonly samples: readonly string[];
  readonly field: string | null;
  readonly confidence: Confidence;
  readonly on_existing: OnExisting;
  readonly values: Readonly<Record<string, string | null>>;
  /** Of a lookup: the names of which records are made. */
  readonly create: readonly string[];
  readonly unmatched: readonly Unmatched[];
}

/** Where an import stands. */
export type ImportState =
  | "uploaded"
  | "planning"
  | "planned"
  | "running"
  | "paused"
  | "done"
  | "failed"
  | "undoing"
  | "undone";

/** What becomes of a row. */
export type RowState = "create" | "update" | "skip" | "conflict" | "error" | "left_out";

/** Where a row may be: also left as it is by an undo. */
export type RowOutcome = RowState | "kept";

/** An import: the file, its mapping, and how far it has come. */
export interface Import {
  readonly id: string;
  readonly object: string;
  readonly state: ImportState;
  readonly file: {
    readonly name: string;
    readonly size: number;
    readonly format: "csv" | "xlsx";
    readonly encoding: string;
    readonly separator: string;
    readonly sheet: string;
    readonly sheets: readonly string[];
  };
  readonly header: boolean;
  readonly columns: readonly ImportColumn[];
  readonly match: readonly string[];
  /** How many rows are corrected beside the file. */
  readonly corrected: number;
  /** Whether something was corrected after the check. */
  readonly outdated: boolean;
  readonly progress: { readonly done: number; readonly total: number };
  readonly counts: Readonly<Record<RowState, number>> & {
    /** Records that an undo left as they were, because somebody had changed them since. */
    readonly kept?: number;
    /** Records of other objects that lookups needed. */
    readonly made: number;
  };
  readonly created_at: string;
  readonly fault: { readonly code: string; readonly message: string } | null;
}

/** A row of the file as the check found it. */
export interface ImportRow {
  readonly row: number;
  readonly state: RowOutcome;
  readonly record: string | null;
  /** What the record is of, where it was made for a lookup. */
  readonly object: string | null;
  readonly values: Readonly<Record<string, string>>;
  /** The fields whose text is too long to be shown whole. */
  readonly cut: readonly string[];
  /** The fields whose cells are corrected. */
  readonly corrected: readonly string[];
  readonly left_out: boolean;
  /** Whether the row was corrected after the check. */
  readonly unchecked: boolean;
  readonly errors: readonly ProblemItem[];
}

/** What may be changed of an import before it is checked. */
export interface Mapping {
  readonly encoding?: string;
  readonly separator?: string;
  readonly sheet?: string;
  readonly header?: boolean;
  readonly columns?: readonly {
    readonly index: number;
    readonly field: string | null;
    readonly on_existing?: OnExisting;
    readonly values?: Readonly<Record<string, string | null>>;
    readonly create?: readonly string[];
  }[];
  readonly match?: readonly string[];
  /** The id of the recipe that says it all. */
  readonly recipe?: string;
}

/** How files with certain titles are read, kept under a name. */
export interface Recipe {
  readonly id: string;
  readonly name: string;
  readonly shared: boolean;
  readonly own: boolean;
  readonly at: string;
}

/** What is said instead of the file. */
export interface Corrections {
  readonly rows?: readonly {
    readonly row: number;
    /** Cells by field; null is again what the file says. */
    readonly values?: Readonly<Record<string, string | null>>;
    readonly left_out?: boolean;
  }[];
  /** What every cell of a column that says one thing is read as. */
  readonly replace?: readonly {
    readonly field: string;
    readonly value: string;
    readonly with?: string | null;
    /** Makes the record that a lookup's cells name. */
    readonly create?: boolean;
  }[];
}

/** Which rows of an import are wanted. */
export interface RowFilter {
  readonly state?: string;
  readonly corrected?: "true";
}

const moving: readonly ImportState[] = ["planning", "running", "undoing"];
const pollEvery = 400;
const rowsAtOnce = 50;

/** Whether the server is at work on the import. */
export function isMoving(state: ImportState): boolean {
  return moving.includes(state);
}

/** An import, followed while it moves. */
export function importQuery(id: string) {
  return queryOptions({
    queryKey: keys.import(id),
    queryFn: ({ signal }) => requestData<Import>("GET", `/imports/${id}`, { signal }),
    refetchInterval: (query) =>
      query.state.data && isMoving(query.state.data.state) ? pollEvery : false,
    retry: false,
  });
}

/** The caller's imports, newest first. */
export const importsQuery = queryOptions({
  queryKey: keys.imports,
  queryFn: ({ signal }) => requestData<readonly Import[]>("GET", "/imports", { signal }),
});

/** Sends a file. */
export function uploadImport(object: string, file: File): Promise<Import> {
  const form = new FormData();
  form.set("object", object);
  form.set("file", file);
  return requestData<Import>("POST", "/imports", { form });
}

/** Changes how the file is read and mapped. */
export function updateImport(id: string, mapping: Mapping): Promise<Import> {
  return requestData<Import>("PATCH", `/imports/${id}`, { body: mapping });
}

/** Corrects rows before they are imported. */
export function correctImport(id: string, corrections: Corrections): Promise<Import> {
  return requestData<Import>("PATCH", `/imports/${id}/rows`, { body: corrections });
}

/** What the server is told to do with an import. */
export type ImportMove = "plan" | "run" | "undo" | "cancel" | "pause" | "resume";

/** Starts the check, the import or its undoing, or stops or ends what is under way. */
export function startImport(id: string, what: ImportMove): Promise<Import> {
  return requestData<Import>("POST", `/imports/${id}/${what}`, {
    body: {},
    headers: { "Idempotency-Key": idempotencyKey() },
  });
}

/** The recipes that fit an import's file. */
export function recipesQuery(id: string) {
  return queryOptions({
    queryKey: [...keys.import(id), "recipes"],
    queryFn: ({ signal }) =>
      requestData<readonly Recipe[]>("GET", `/imports/${id}/recipes`, { signal }),
  });
}

/** Keeps how an import is read. */
export function saveRecipe(id: string, recipe: { name: string; shared: boolean }): Promise<Recipe> {
  return requestData<Recipe>("POST", `/imports/${id}/recipes`, { body: recipe });
}

/** Deletes a recipe. */
export function deleteRecipe(id: string): Promise<void> {
  return request<void>("DELETE", `/recipes/${id}`);
}

/** A page of the rows of an import. */
export function listImportRows(
  id: string,
  filter: RowFilter,
  cursor?: string,
  signal?: AbortSignal,
) {
  return request<{ data: readonly ImportRow[]; page: { next: string | null } }>(
    "GET",
    `/imports/${id}/rows`,
    { query: { ...filter, cursor, limit: rowsAtOnce }, ...(signal && { signal }) },
  );
}

/** The address of the spreadsheet that says what is wrong with each cell. */
export function reportAddress(id: string): string {
  return address(`/imports/${id}/report.xlsx`);
}

/** The address of the file that lists the wrong rows. */
export function errorFileAddress(id: string): string {
  return address(`/imports/${id}/errors.csv`);
}
