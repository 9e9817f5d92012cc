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

/** One of the tabs that a form is divided into. */
export interface FormTab {
  readonly name: string;
  readonly title: string;
  readonly place: number;
}

/** A part of a form. */
export interface FormPart {
  readonly key: string;
  /** The tab it stands in, of a form that has some. */
  readonly tab: FormTab | undefined;
  readonly title: string;
  readonly columns: number;
  readonly showIf: Tree | undefined;
  readonly fields: readonly FormField[];
}

/** A form with its fields found and its conditions at hand. Fields that one may not see are left out. */
export function formParts(catalog: Catalog, form: FormDefinition): readonly FormPart[] {
  const place = (...rest: readonly (string | number)[]) =>
    ["form", form.name, "sections", ...rest].join("/");
  const tabs = (form.tabs ?? []).map((tab, place): FormTab => ({ ...tab, place }));
  return form.sections.map((section, s) => ({
    key: `${s}`,
    tab: tabs.find((tab) => tab.name === section.tab) ?? tabs[0],
    title: section.title ?? "",
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

/** Whether a part is called like the one field in it, which then needs no label of its own. */
export function namesItsField({ title, fields }: FormPart): boolean {
  return fields.length === 1 && fields[0]?.field.title === title;
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

/** The parts that stand together in one tab; a form without tabs is one of no name. */
export interface TabParts {
  readonly tab: FormTab;
  readonly parts: readonly FormPart[];
}

const untitled: FormTab = { name: "", title: "", place: 0 };

/** The parts tab by tab, in the order of the form's tabs. */
export function byTab(parts: readonly FormPart[]): readonly TabParts[] {
  const tabs = new Map(parts.map(({ tab = untitled }) => [tab.name, tab]));
  return [...tabs.values()]
    .sort((a, b) => a.place - b.place)
    .map((tab) => ({
      tab,
      parts: parts.filter((part) => (part.tab ?? untitled).name === tab.name),
    }));
}

/** All fields of some parts. */
export function fieldsOf(parts: readonly FormPart[]): readonly FormField[] {
  return parts.flatMap((part) => part.fields);
}
