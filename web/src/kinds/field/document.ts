import type { Value, Values } from "@/api/types";

/** The texts in a value that is a JSON object, such as the parts of an address, by their name. */
export function textsOf(value: Value): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]) =>
      typeof part === "string" ? [[name, part]] : [],
    ),
  );
}

function isRow(row: unknown): row is Values {
  return typeof row === "object" && row !== null;
}

/** The JSON objects in a value that is a list of them. */
export function rowsOf(value: Value): readonly Values[] {
  return Array.isArray(value) ? value.filter(isRow) : [];
}
