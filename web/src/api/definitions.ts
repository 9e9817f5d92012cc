/** The definitions, as GET /meta gives them: localised, and only what the caller may see. */
import type { Node } from "@/lib/expr/node";
import type { FormDefinition } from "./form-definition";
import type { FieldRight, Value, Values } from "./types";

/** A checked expression as a tree. */
export type Tree = Node;

/** One option of a select field. */
export interface Option {
  readonly const: string;
  readonly title: string;
  readonly color?: string;
  readonly category?: string;
  readonly final?: boolean;
  /** Of a stage: after how many days in it a record is shown as waiting too long. */
  readonly staleAfter?: number;
  /** False: old records have it, nobody chooses it anew. */
  readonly active?: boolean;
  /** The option it lies below, in a tree. */
  readonly parent?: string;
  /** The values of the other field for which it is offered; all when left out. */
  readonly when?: readonly string[];
  /** Of a record type: the form of its records. */
  readonly form?: string;
  /** Of a record type: what its records need beside the rest. */
  readonly required?: readonly string[];
}

/** A shared option set. */
export interface OptionSet {
  readonly oneOf: readonly Option[];
}

/** What of a person or a company a text may be. */
export type Meaning = "person" | "company" | "job_title";

/** A rule by which records are the same, and what becomes of a second one. */
export interface DuplicateRule {
  readonly match: readonly { readonly field: string }[];
  readonly action?: "warn" | "block";
}

/** What an object says of one of its fields. */
export interface Property {
  readonly field: string;
  /** The kind that the value of a formula or a roll-up is shown as. */
  readonly as?: string;
  /** The type of its values in JSON, where it is one. */
  readonly type?: string;
  readonly title: string;
  readonly description?: string;
  readonly default?: Value;
  readonly oneOf?: readonly Option[];
  /** The option set; one too large to be in oneOf is asked for by this name. */
  readonly options?: string;
  readonly dependsOn?: string;
  /** Of an instant: the field that has had its value since then. */
  readonly since?: string | null;
  readonly recordTypes?: boolean;
  readonly target?: string;
  /** The objects that a link may point to. */
  readonly index?: boolean;
  readonly targets?: readonly string[];
  /** The field of the lines that numbers them. */
  readonly order?: string;
  readonly minimum?: number | string;
  readonly maximum?: number | string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly decimals?: number;
  /** What the numbers of a computed field are, where they are amounts of the organisation's currency. */
  readonly format?: "money";
  readonly pattern?: string;
  /** Of a text: what it is of a person or a company. */
  readonly means?: Meaning;
  /** Of files: whether the field holds several, which it takes, and how large. */
  readonly multiple?: boolean;
  readonly accept?: readonly string[];
  readonly maxSize?: number;
  readonly writable?: boolean;
  readonly readOnly?: boolean;
  /** Only who is named to see it does. */
  readonly sensitive?: boolean;
  readonly system?: boolean;
  readonly sort?: boolean;
  readonly search?: boolean;
  readonly can?: FieldRight;
}

/** Each record of an object is about another one, and stands in its timeline. */
export interface ActivityBehaviour {
  /** The field that names what it is about. */
  readonly about: string;
  /** When it was; without it, when it was made. */
  readonly at?: string;
  /** When something is to be done next. */
  readonly next?: string;
  /** What is asked for where one is noted in passing. */
  readonly fields?: readonly string[];
}

/** Something is to be done about each record of an object by a date. */
export interface DueBehaviour {
  readonly at: string;
  /** Which records still are to be dealt with. */
  readonly while?: string;
  /** The values that say that it is done; without them the date is taken away. */
  readonly done?: Values;
  /** A record that has no date lacks one. */
  readonly always?: boolean;
}

/** Records wait in pools for somebody to take them: one waits that has a pool and no owner. */
export interface PoolBehaviour {
  /** The lookup that names the pool. */
  readonly field: string;
  readonly claimed?: string;
  readonly returned?: string;
  readonly reason?: string;
  readonly previous?: string;
}

/** A kind of thing the business records. */
export interface ObjectDefinition {
  readonly kind: "object";
  readonly name: string;
  readonly title: string;
  readonly plural?: string;
  readonly icon?: string;
  readonly description?: string;
  readonly display?: string;
  readonly required?: readonly string[];
  readonly properties: Readonly<Record<string, Property>>;
  readonly behaviours?: {
    readonly files?: boolean;
    readonly comments?: boolean;
    readonly activity?: ActivityBehaviour;
    readonly due?: DueBehaviour;
    readonly pool?: PoolBehaviour;
    /** The rules by which records are the same. */
    readonly duplicates?: readonly DuplicateRule[];
  };
  readonly can?: { readonly create: boolean; readonly update: boolean; readonly delete: boolean };
}

/** A column of a view. */
export interface ViewColumn {
  readonly field: string;
  readonly width?: number;
}

/** The ways in which records are listed. */
export const viewTypes = ["table", "kanban", "calendar", "gallery", "split"] as const;

/** One of them. */
export type ViewType = (typeof viewTypes)[number];

/** How many records are listed. */
export interface ViewDefinition {
  readonly kind: "view";
  readonly name: string;
  readonly object: string;
  readonly title: string;
  /** A table when left out. */
  readonly type?: ViewType;
  readonly columns: readonly (string | ViewColumn)[];
  /** Of a table: the field that its records are grouped by. Of a board: that of its columns. */
  readonly group?: string;
  /** Of a table that is grouped by a date: the unit of time. */
  readonly by?: string;
  /** Of a board: the fields that are summed above its columns. */
  readonly totals?: readonly string[];
  /** Of a calendar: where a record begins and ends. */
  readonly start?: string;
  readonly end?: string;
  /** Of a gallery: the pictures. */
  readonly cover?: string;
  /** Of a board or a calendar: whose options' colours mark the cards. */
  readonly color?: string;
  readonly filter?: string;
  readonly sort?: readonly string[];
}

/** An entry of a navigation: an object, perhaps through a view, or a dashboard. */
export interface AppItem {
  readonly object?: string;
  readonly view?: string;
  readonly dashboard?: string;
  readonly title?: string;
  /** It is passed over while what it names is not there. */
  readonly optional?: boolean;
}

/** A named figure. */
export interface MetricDefinition {
  readonly kind: "metric";
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly compare?: boolean;
  readonly decimals?: number;
}

/** One figure of each group of a report. */
export interface Measure {
  readonly name: string;
  readonly title?: string;
  readonly function: string;
  readonly field?: string;
}

/** The ways to draw a report. */
export type ChartForm = "table" | "bar" | "line" | "funnel";

/** Figures of groups of records. */
export interface ReportDefinition {
  readonly kind: "report";
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly object: string;
  readonly groups: readonly { readonly field: string; readonly by?: string }[];
  readonly measures: readonly Measure[];
  readonly chart?: ChartForm;
}

/** What the reader of a dashboard may choose for all its cards. */
export type DashboardFilter = "period" | "owner" | "department";

/** The place of a metric or a report, in twelfths of the width. */
export interface Card {
  readonly metric?: string;
  readonly report?: string;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Metrics and reports on a grid. */
export interface DashboardDefinition {
  readonly kind: "dashboard";
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly icon?: string;
  readonly filters?: readonly DashboardFilter[];
  readonly cards: readonly Card[];
}

/** A navigation for a group of people. */
export interface AppDefinition {
  readonly kind: "app";
  readonly name: string;
  readonly title: string;
  readonly icon?: string;
  readonly items: readonly AppItem[];
}

/** Any definition that the pages are drawn from; the others pass by unread. */
export type Definition =
  | ObjectDefinition
  | FormDefinition
  | ViewDefinition
  | AppDefinition
  | MetricDefinition
  | ReportDefinition
  | DashboardDefinition;

/** The answer of GET /meta. */
export interface Meta {
  readonly revision: number;
  readonly definitions: readonly Definition[];
  readonly expressions: Readonly<Record<string, Tree>>;
}
