/** A field's place in a form. */
export interface FormItem {
  readonly field: string;
  readonly span?: number;
  readonly showIf?: string;
  readonly readOnlyIf?: string;
  readonly requiredIf?: string;
  readonly help?: string;
}

/** A part of a form. */
export interface FormSection {
  /** The tab it stands in; the first when left out. */
  readonly tab?: string;
  readonly title?: string;
  readonly columns?: 1 | 2 | 3;
  readonly showIf?: string;
  readonly fields: readonly (string | FormItem)[];
}

/** A list of the records that point to the one that a form is about. */
export interface RelatedList {
  readonly title?: string;
  readonly object: string;
  /** The field that points to it. */
  readonly by: string;
  readonly columns?: readonly string[];
  readonly sort?: readonly string[];
}

/** How one record is entered and shown. */
export interface FormDefinition {
  readonly kind: "form";
  readonly name: string;
  readonly object: string;
  readonly title: string;
  /** The field whose options are the stages of a record. */
  readonly path?: string;
  /** What is asked for where a record is made in passing, beside what is required. */
  readonly quick?: readonly string[];
  /** What the sections are divided into. */
  readonly tabs?: readonly { readonly name: string; readonly title: string }[];
  readonly sections: readonly FormSection[];
  readonly related?: readonly RelatedList[];
}
