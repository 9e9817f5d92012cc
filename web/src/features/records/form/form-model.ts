import type { Catalog, Field } from "@/api/catalog";
import type { Tree } from "@/api/definitions";
import type { FormDefinition } from "@/api/form-definition";

/** A field in its place in a form. */
export interface FormField {
  readonly field: Field;
  readonly span: number;
  readonly help: string | undefined;
  readonly showIf: Tree | undefined;
  readonly readOnlyIf: Tree | undefined;
  readonly requiredIf: Tree | undefined;
}

/** A part of a form. */
export interface FormPart {
  readonly key: string;
  readonly title: string;
  readonly columns: number;
  readonly showIf: Tree | undefined;
  readonly fields: readonly FormField[];
}

/** A form with its fields found and its conditions at hand. Fields that one may not see are left out. */
export function formParts(catalog: Catalog, form: FormDefinition): readonly FormPart[] {
  const place = (...rest: readonly (string | number)[]) =>
    ["form", form.name, "sections", ...rest].join("/");
  return form.sections.map((section, s) => ({
    key: `${s}`,
    title: section.title,
    columns: section.columns ?? 2,
    showIf: catalog.expression(place(s, "showIf")),
    fields: section.fields.flatMap((item, f) => {
      const settings = typeof item === "string" ? { field: item } : item;
      const field = catalog.field(form.object, settings.field);
      if (!field) return [];
      const tree = (name: string) => catalog.expression(place(s, "fields", f, name));
      return {
        field,
        span: settings.span ?? 1,
        help: settings.help ?? field.description,
        showIf: tree("showIf"),
        readOnlyIf: tree("readOnlyIf"),
        requiredIf: tree("requiredIf"),
      };
    }),
  }));
}

/** Judges a condition of the form for the values as they now are. */
export type Holds = (tree: Tree | undefined, otherwise: boolean) => boolean;

/** The parts and fields that are to be seen now. */
export function visibleParts(parts: readonly FormPart[], holds: Holds): readonly FormPart[] {
  return parts
    .filter((part) => holds(part.showIf, true))
    .map((part) => ({ ...part, fields: part.fields.filter((item) => holds(item.showIf, true)) }))
    .filter((part) => part.fields.length > 0);
}

/** All fields of some parts. */
export function fieldsOf(parts: readonly FormPart[]): readonly FormField[] {
  return parts.flatMap((part) => part.fields);
}
