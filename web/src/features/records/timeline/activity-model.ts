/** What is asked for where a follow-up, a task or another activity is noted in passing. */
import type { ActivityObject, Catalog, Field } from "@/api/catalog";
import type { Value, Values } from "@/api/types";

/** What was typed and chosen so far. */
export interface Noted {
  readonly text: string;
  readonly values: Values;
}

/** Which record it is about. */
export interface About {
  readonly object: string;
  readonly id: string;
}

/** The fields that are asked for beside the words, of those that the caller may write. */
export function askedFields(
  catalog: Catalog,
  { object, activity }: ActivityObject,
): readonly Field[] {
  return (activity.fields ?? []).flatMap((name) => {
    const field = catalog.field(object.name, name);
    return field?.can === "write" && field.writable !== false ? [field] : [];
  });
}

/** The values that fields begin with. */
export function startValues(fields: readonly Field[]): Values {
  return Object.fromEntries(fields.map((field) => [field.name, field.default ?? null]));
}

/** Whether a field says when something is to be done, so that the next days are offered. */
export function isPlan({ object, activity }: ActivityObject, field: Field): boolean {
  return field.name === activity.next || field.name === object.behaviours?.due?.at;
}

const fewOptions = 8;

/** Whether the options of a field are few enough to stand side by side. */
export function isChips(field: Field): boolean {
  return field.field === "select" && (field.oneOf?.length ?? fewOptions + 1) <= fewOptions;
}

/**
 * The words for an activity that has none: what was chosen. A talk is told by that; what is to be
 * done is not.
 */
export function wordsOf(
  fields: readonly Field[],
  activity: ActivityObject,
  values: Values,
): string {
  if (!activity.activity.next) return "";
  return fields
    .filter(isChips)
    .flatMap((field) => field.oneOf?.find((one) => one.const === values[field.name])?.title ?? [])
    .join(" · ");
}

/** The record to make: its first line names it, and all of it goes where there is room for more. */
export function recordOf(
  catalog: Catalog,
  kind: ActivityObject,
  about: About,
  noted: Noted,
  now = new Date(),
): Values {
  const { object, activity, field } = kind;
  const display = catalog.field(object.name, catalog.display(object.name));
  const longest = display?.maxLength ?? 200;
  const text = noted.text.trim() || wordsOf(askedFields(catalog, kind), kind, noted.values);
  const first = text.split("\n", 1)[0]?.slice(0, longest) ?? "";
  const room = catalog
    .fields(object.name)
    .find((one) => one.field === "longtext" && one.can === "write");
  const link: Value = field.field === "link" ? { ...about } : about.id;
  const values: Record<string, Value> = { ...noted.values, [activity.about]: link };
  if (display) values[display.name] = first;
  if (room && first !== text) values[room.name] = text;
  if (activity.at) values[activity.at] = now.toISOString();
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
