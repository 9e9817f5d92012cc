import type { Field } from "@/api/catalog";
import type { Fault } from "@/api/fault";
import type { Value, Values } from "@/api/types";
import type { FormField } from "./form-model";

/** What is wrong with a value, before the server is asked. */
export type Lack = "required" | "integer" | "number" | "duration" | "json";

/** What is wrong, by field; what is wrong within one, by the place in it, such as lines/0/quantity. */
export type Messages = Readonly<Record<string, string>>;

/** A form's faults: those of its fields, and those of none of them. */
export interface FormFaults {
  readonly fields: Messages;
  readonly others: readonly string[];
}

/** A form without faults. */
export const noFaults: FormFaults = { fields: {}, others: [] };

/** The messages about what is within a field, by the place in it; undefined when there are none. */
export function faultsWithin(messages: Messages, field: string): Messages | undefined {
  const within = Object.entries(messages).filter(([place]) => place.startsWith(`${field}/`));
  if (within.length === 0) return undefined;
  return Object.fromEntries(within.map(([place, text]) => [place.slice(field.length + 1), text]));
}

/** Whether anything is wrong with a field or within it. */
export function isWrong(messages: Messages, field: string): boolean {
  return field in messages || faultsWithin(messages, field) !== undefined;
}

/** The messages about all but one field. */
export function withoutField(messages: Messages, field: string): Messages {
  const others = Object.entries(messages).filter(([place]) => place.split("/")[0] !== field);
  return Object.fromEntries(others);
}

/** What the form itself can tell about its values. */
export function findLacks(
  fields: readonly FormField[],
  values: Values,
  isRequired: (item: FormField) => boolean,
): Readonly<Record<string, Lack>> {
  const lacks: Record<string, Lack> = {};
  for (const item of fields) {
    const value = values[item.field.name] ?? null;
    const lack = value === null ? isRequired(item) && "required" : wrongText(item.field, value);
    if (lack) lacks[item.field.name] = lack;
  }
  return lacks;
}

/** Text that a control hands on because it is no value of the field's kind. */
function wrongText(field: Field, value: Value): Lack | null {
  if (field.field === "duration") return typeof value === "number" ? null : "duration";
  if (field.type === "integer") return typeof value === "number" ? null : "integer";
  if (field.field === "json") {
    return typeof value === "string" && /^\s*[[{]/.test(value) ? "json" : null;
  }
  if (field.field !== "decimal" && field.field !== "percent") return null;
  return /^-?(\d+(\.\d*)?|\.\d+)$/.test(String(value)) ? null : "number";
}

/** Puts the server's faults on the fields that their pointers name, and on the cells of lines. */
export function placeFaults(fault: Fault, fields: readonly FormField[]): FormFaults {
  const kinds = new Map(fields.map(({ field }) => [field.name, field.field]));
  const placed: Record<string, string> = {};
  const others: string[] = [];
  for (const { pointer, message } of fault.items) {
    const [name = "", ...within] = pointer.split("/").slice(1).map(decode);
    const place =
      kinds.get(name) === "lines" && within.length > 1 ? [name, ...within].join("/") : name;
    if (!kinds.has(name)) others.push(message);
    else placed[place] = placed[place] ? `${placed[place]} ${message}` : message;
  }
  return { fields: placed, others };
}

function decode(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}
