import {
  type ActivityBehaviour,
  type AppDefinition,
  type DashboardDefinition,
  type Definition,
  type Meta,
  type MetricDefinition,
  type ObjectDefinition,
  type Option,
  type Property,
  type ReportDefinition,
  type Tree,
  type ViewDefinition,
  viewTypes,
} from "./definitions";
import type { FormDefinition } from "./form-definition";
import type { Values } from "./types";

/** A field: its property and its name. */
export interface Field extends Property {
  readonly name: string;
  readonly required: boolean;
}

/** An object whose records are about others, and the field that says about which. */
export interface ActivityObject {
  readonly object: ObjectDefinition;
  readonly activity: ActivityBehaviour;
  readonly field: Field;
}

const generatedColumns = 8;

/** The definitions of one revision, in a shape that pages ask. */
export class Catalog {
  readonly revision: number;
  readonly apps: readonly AppDefinition[];
  readonly objects: readonly ObjectDefinition[];
  private readonly definitions: readonly Definition[];
  private readonly expressions: Meta["expressions"];
  private readonly fieldLists = new Map<string, readonly Field[]>();

  constructor(meta: Meta) {
    this.revision = meta.revision;
    this.definitions = meta.definitions.map((one) => ({ ...one, title: one.title ?? one.name }));
    this.expressions = meta.expressions;
    this.apps = this.definitions.filter((definition) => definition.kind === "app");
    this.objects = this.definitions.filter((definition) => definition.kind === "object");
  }

  /** The object of that name, if the caller may see it. */
  object(name: string): ObjectDefinition | undefined {
    return this.objects.find((object) => object.name === name);
  }

  /** The objects that people work with: those that an app leads to. */
  worked(): readonly string[] {
    const names = this.apps.flatMap((app) => app.items.map((item) => item.object));
    return this.objects.map((object) => object.name).filter((name) => names.includes(name));
  }

  /** The people who sign in and how they are organised, for whoever may add to them. */
  staff(): readonly ObjectDefinition[] {
    return ["user", "department", "team"].flatMap((name) => {
      const object = this.object(name);
      return object?.can?.create ? object : [];
    });
  }

  /** All fields of an object, in their order: its own, then the system's. */
  fields(object: string): readonly Field[] {
    const known = this.fieldLists.get(object);
    if (known) return known;
    const definition = this.object(object);
    const required = new Set(definition?.required);
    const fields = Object.entries(definition?.properties ?? {}).map(([name, property]) => ({
      ...property,
      field: property.as ?? property.field,
      name,
      title: property.title ?? name,
      required: required.has(name),
    }));
    const sorted = [...fields.filter((f) => !f.system), ...fields.filter((f) => f.system)];
    this.fieldLists.set(object, sorted);
    return sorted;
  }

  /** The field that says since when another one has its value. */
  sinceField(object: string, of: string): Field | undefined {
    return this.fields(object).find((field) => field.since === of);
  }

  /** One field of an object. */
  field(object: string, name: string): Field | undefined {
    return this.fields(object).find((field) => field.name === name);
  }

  /** The field that names a record of the object. */
  display(object: string): string {
    return this.object(object)?.display ?? "id";
  }

  /** The object's views, tables first; one of all records when nobody made a table. */
  views(object: string): readonly ViewDefinition[] {
    const views = this.definitions
      .filter((definition) => definition.kind === "view")
      .filter((view) => view.object === object);
    const tables = views.filter((view) => (view.type ?? "table") === "table");
    const others = viewTypes.flatMap((type) =>
      views.filter((view) => view.type === type && !tables.includes(view)),
    );
    return [...(tables.length > 0 ? tables : [this.all(object)]), ...others];
  }

  /** The record type of an object's values: the chosen option of the field that says so. */
  recordType(object: string, values: Values): Option | undefined {
    const field = this.fields(object).find((one) => one.recordTypes);
    return field?.oneOf?.find((option) => option.const === values[field.name]);
  }

  /** The objects whose records may be about one of this object, and be made by the caller. */
  activities(about: string): readonly ActivityObject[] {
    return this.objects.flatMap((object) => {
      const activity = object.behaviours?.activity;
      const field = activity && this.field(object.name, activity.about);
      const anything = field?.field === "link" && !field.targets;
      const fits = anything || field?.targets?.includes(about) || field?.target === about;
      const may = object.can?.create && field?.can === "write";
      return activity && field && fits && may ? [{ object, activity, field }] : [];
    });
  }

  /**
   * The object's form, that of a record type if it has one; all fields in two columns when nobody
   * made one.
   */
  form(object: string, recordType?: Option): FormDefinition {
    const forms = this.definitions
      .filter((definition) => definition.kind === "form")
      .filter((form) => form.object === object);
    const special = forms.find((form) => form.name === recordType?.form);
    if (special) return special;
    const named = forms.find((form) => form.name === `${object}_default`);
    const first = [...forms].sort((a, b) => (a.name < b.name ? -1 : 1))[0];
    return named ?? first ?? this.generatedForm(object);
  }

  /** The dashboards that the caller may see any of. */
  dashboards(): readonly DashboardDefinition[] {
    return this.definitions.filter((definition) => definition.kind === "dashboard");
  }

  /** The dashboard of that name, if the caller may see any of it. */
  dashboard(name: string): DashboardDefinition | undefined {
    return this.definitions
      .filter((definition) => definition.kind === "dashboard")
      .find((dashboard) => dashboard.name === name);
  }

  /** The metric of that name, if the caller may see it. */
  metric(name: string): MetricDefinition | undefined {
    return this.definitions
      .filter((definition) => definition.kind === "metric")
      .find((metric) => metric.name === name);
  }

  /** The report of that name, if the caller may see it. */
  report(name: string): ReportDefinition | undefined {
    return this.definitions
      .filter((definition) => definition.kind === "report")
      .find((report) => report.name === name);
  }

  /** The checked expression at a place of a definition, such as view/lead_open/filter. */
  expression(place: string): Tree | undefined {
    return this.expressions[place];
  }

  private all(object: string): ViewDefinition {
    const own = this.fields(object).filter((field) => !field.system);
    const display = own.filter((field) => field.name === this.display(object));
    const columns = [...display, ...own.filter((field) => !display.includes(field))];
    return {
      kind: "view",
      name: "",
      object,
      title: "",
      type: "table",
      columns: columns.slice(0, generatedColumns).map((field) => field.name),
      sort: ["-created_at"],
    };
  }

  private generatedForm(object: string): FormDefinition {
    const own = this.fields(object).filter((field) => !field.system);
    return {
      kind: "form",
      name: "",
      object,
      title: this.object(object)?.title ?? object,
      sections: [{ title: "", columns: 2, fields: own.map((field) => field.name) }],
    };
  }
}
