/** What is due of the records of the objects that say so, and when a day ends. */
import type { Catalog, Field } from "@/api/catalog";
import type { DueBehaviour, ObjectDefinition } from "@/api/definitions";
import type { Included, RecordData, Value } from "@/api/types";
import { civilDate, daysBetween, instantAt } from "@/lib/format";

/** An object of whose records something is due. */
export interface DueObject {
  readonly object: ObjectDefinition;
  readonly due: DueBehaviour;
  readonly at: Field;
}

/** A record about which something is to be done. */
export interface DueRow extends DueObject {
  readonly record: RecordData;
  readonly included: Included | undefined;
}

/** The objects of whose records something is due, as far as the caller may see when. */
export function dueObjects(catalog: Catalog): readonly DueObject[] {
  return catalog.objects.flatMap((object) => {
    const due = object.behaviours?.due;
    const at = due && catalog.field(object.name, due.at);
    return due && at ? [{ object, due, at }] : [];
  });
}

const day = 86_400_000;

/** One's own records that are due today or were before. */
export function whereDue({ due, at }: DueObject, timezone: string, now = new Date()): string {
  const today = civilDate(now.toISOString(), timezone);
  const tomorrow = new Date(Date.parse(today) + day).toISOString().slice(0, 10);
  const end =
    at.field === "date"
      ? `date("${tomorrow}")`
      : `datetime("${instantAt(tomorrow, "00:00", timezone)}")`;
  return own(due, `${at.name} < ${end}`);
}

/** One's own records that should have a date and have none. */
export function whereLacking({ due, at }: DueObject): string {
  return own(due, `${at.name} == null`);
}

function own(due: DueBehaviour, condition: string): string {
  return ["owner == me.id", due.while && `(${due.while})`, condition].filter(Boolean).join(" && ");
}

/** The fields that a row shows or changes. */
export function fieldsFor(catalog: Catalog, { object, due }: DueObject): readonly string[] {
  const phone = catalog.fields(object.name).find((field) => field.field === "phone");
  const about = object.behaviours?.activity?.about;
  const wanted = [catalog.display(object.name), due.at, about, phone?.name];
  const names = [...wanted, ...Object.keys(due.done ?? {})];
  return ["id", "version", ...new Set(names.filter((name) => name !== undefined))];
}

/** The record that a row is about: the one that its record is about, or its record itself. */
export function aboutOf({ object, record }: DueRow): { object: string; id: string } {
  const name = object.behaviours?.activity?.about;
  const value: Value = (name && record[name]) || null;
  if (typeof value === "object" && value !== null && "object" in value && "id" in value) {
    return { object: String(value.object), id: String(value.id) };
  }
  return { object: object.name, id: record.id };
}

/** By how many days a row is overdue; 0 for today's, null for one without a date. */
export function daysOver({ at, record }: DueRow, timezone: string, now = new Date()) {
  const value = record[at.name];
  if (typeof value !== "string") return null;
  const date = at.field === "date" ? value : civilDate(value, timezone);
  return daysBetween(date, civilDate(now.toISOString(), timezone));
}

/** Whether a record is dealt with: it has the values that say so, or an option that is final. */
export function isClosed(catalog: Catalog, object: string, record: RecordData): boolean {
  const done = catalog.object(object)?.behaviours?.due?.done;
  if (!done) return false;
  return Object.entries(done).every(([name, value]) => {
    const option = catalog.field(object, name)?.oneOf?.find((one) => one.const === record[name]);
    return record[name] === value || option?.final === true;
  });
}
