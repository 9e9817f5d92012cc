import type { TFunction } from "i18next";
import type { Field } from "@/api/catalog";
import type { ObjectDefinition } from "@/api/definitions";
import { listRecords, readCells } from "@/api/records";
import type { Included, RecordAnswer, RecordData, Value, Values } from "@/api/types";
import { quoted } from "@/kinds/field/look";
import { sameValue } from "@/lib/same-value";
import { type BulkOperation, type BulkProgress, chunks, reasonOf, rehearse } from "../bulk/work";
import { lockedReason, rowChange } from "../edit/row-change";
import type { Rules } from "../form/rules";
import type { ListRow } from "../list/use-rows";

/** What a cell is to be given: a value, or text that is none and why. */
export type Given =
  | { readonly value: Value; readonly included?: Included | undefined }
  | { readonly text: string; readonly reason: string };

/** A cell that changes. */
export interface CellChange {
  readonly row: ListRow;
  readonly field: Field;
  readonly before: Value;
  readonly after: Value;
  readonly included: Included | undefined;
}

/** A cell that stays as it is, or with no field a whole row, and why. */
export interface Refusal {
  readonly row: ListRow;
  readonly field: Field | undefined;
  readonly reason: string;
}

/** What a paste would do. */
export interface PastePlan {
  readonly operations: readonly BulkOperation[];
  readonly changes: readonly CellChange[];
  readonly refused: readonly Refusal[];
  /** How many cells were to be given something. */
  readonly cells: number;
  /** How many rows and columns of what was pasted find no place. */
  readonly rowsLeft: number;
  readonly columnsLeft: number;
}

/** Where something is pasted. */
export interface Place {
  readonly object: ObjectDefinition;
  readonly fields: readonly Field[];
  readonly columns: readonly Field[];
  readonly rows: readonly ListRow[];
  readonly judge: Rules;
  readonly t: TFunction;
  /** Writes several names as one list. */
  readonly list: (names: readonly string[]) => string;
}

const rowsAtOnce = 200;

/** Reads cells as the server reads those of an import: by label or code, records by their names. */
export async function readBlock(
  object: string,
  columns: readonly Field[],
  block: readonly (readonly string[])[],
  signal: AbortSignal,
): Promise<readonly (readonly Given[])[]> {
  const names = columns.map((field) => field.name);
  const all: (readonly Given[])[] = [];
  for (const some of chunks(block, rowsAtOnce)) {
    const { data, included } = await readCells(object, names, some, signal);
    for (const [index, cells] of data.entries()) {
      all.push(
        cells.map(({ value, errors }, at): Given => {
          const reason = errors?.map((item) => item.message).join(" ");
          if (reason) return { text: some[index]?.[at] ?? "", reason };
          return { value, included };
        }),
      );
    }
  }
  return all;
}

/** Works out what giving cells their values would do; nothing is written. */
export async function planPaste(
  place: Place,
  given: (row: number, column: number) => Given | undefined,
  onProgress: (progress: BulkProgress) => void,
  signal: AbortSignal,
): Promise<Pick<PastePlan, "operations" | "changes" | "refused">> {
  const { object, rows, t } = place;
  const whole = await wholeRecords(object.name, rows, signal);
  const planned = new Map<string, CellChange[]>();
  const refused: Refusal[] = [];
  const operations: BulkOperation[] = [];
  for (const [index, row] of rows.entries()) {
    const data = whole.get(row.record.id);
    if (!data) {
      refused.push({ row, field: undefined, reason: t("cells.gone") });
      continue;
    }
    const planning = planRow(place, row, { ...data, version: row.record.version }, (column) =>
      given(index, column),
    );
    refused.push(...planning.refused);
    if (!planning.operation) continue;
    operations.push(planning.operation);
    planned.set(row.record.id, planning.changes);
  }
  await rehearse(object.name, operations, onProgress, signal, ({ id }, outcome) => {
    const reason = outcome && reasonOf(outcome);
    const row = planned.get(id)?.[0]?.row;
    if (!reason || !row) return;
    planned.delete(id);
    refused.push({ row, field: undefined, reason });
  });
  return {
    operations: operations.filter(({ id }) => planned.has(id)),
    changes: [...planned.values()].flat(),
    refused,
  };
}

interface RowPlan {
  readonly operation: BulkOperation | null;
  readonly changes: CellChange[];
  readonly refused: readonly Refusal[];
}

/** Why a cell cannot take its text, which is named once. */
function unread(cell: Given, t: TFunction): string {
  if (!("reason" in cell)) return "";
  return cell.reason.includes(cell.text) ? cell.reason : t("cells.unread", cell);
}

function planRow(
  { object, fields, columns, judge, t, list }: Place,
  row: ListRow,
  data: RecordData,
  given: (column: number) => Given | undefined,
): RowPlan {
  const can: RecordAnswer["can"] = { update: Boolean(object.can?.update), delete: false };
  const rules = judge({ can }, data);
  const refused: Refusal[] = [];
  const taken: Record<string, Value> = {};
  const known = new Map<string, Included | undefined>();
  for (const [index, field] of columns.entries()) {
    const cell = given(index);
    if (!cell) continue;
    const locked = lockedReason(rules, can, field, t);
    if (locked || "reason" in cell) {
      if (!("value" in cell) || !sameValue(cell.value, data[field.name])) {
        refused.push({ row, field, reason: locked ?? unread(cell, t) });
      }
    } else if (!sameValue(cell.value, data[field.name])) {
      taken[field.name] = cell.value;
      known.set(field.name, cell.included);
    }
  }
  const first = rowChange(judge, fields, { data, can }, taken);
  for (const [name, lack] of Object.entries(first.lacks)) {
    const field = fields.find((one) => one.name === name);
    refused.push({ row, field, reason: t(`form.fault.${lack}`) });
    delete taken[name];
  }
  const { values, asked } = rowChange(judge, fields, { data, can }, taken);
  const titles = fields.filter((one) => asked.includes(one.name)).map((one) => one.title);
  if (titles.length > 0) {
    const reason = t("cells.alsoNeeded", { fields: list(titles) });
    return {
      operation: null,
      changes: [],
      refused: [...refused, { row, field: undefined, reason }],
    };
  }
  const names = Object.keys(values);
  if (names.length === 0) return { operation: null, changes: [], refused };
  const { id, version } = data;
  const before: Values = Object.fromEntries(names.map((name) => [name, data[name] ?? null]));
  const changes = fields
    .filter((field) => names.includes(field.name))
    .map((field) => ({
      row,
      field,
      before: before[field.name] ?? null,
      after: values[field.name] ?? null,
      included: known.get(field.name),
    }));
  return { operation: { op: "update", id, version, values, before }, changes, refused };
}

async function wholeRecords(object: string, rows: readonly ListRow[], signal: AbortSignal) {
  const parts = chunks(rows, rowsAtOnce).map((some) => {
    const where = `id in [${some.map((row) => quoted(row.record.id)).join(", ")}]`;
    return listRecords(object, { where, limit: rowsAtOnce }, signal);
  });
  const records = (await Promise.all(parts)).flatMap((page) => page.data);
  return new Map(records.map((record) => [record.id, record]));
}
