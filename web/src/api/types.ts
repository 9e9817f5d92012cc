/** The shapes that the server speaks, written as the API's contract has them. */

/** A JSON object, such as the parts of an address. */
export interface Document {
  readonly [key: string]: unknown;
}

/** A value as it travels: dates, instants, decimals and ids are strings. */
export type Value =
  | null
  | boolean
  | number
  | string
  | readonly string[]
  | readonly Document[]
  | Document;

/** Values by field name. */
export type Values = Readonly<Record<string, Value>>;

/** A record: its system fields and its own. */
export type RecordData = Values & { readonly id: string; readonly version: number };

/** What is known of a record that another one refers to. */
export interface Reference {
  readonly id: string;
  readonly display: string;
}

/** Referred records by object, then by id. */
export type Included = Readonly<Record<string, Readonly<Record<string, Reference>>>>;

/** A page of records. */
export interface RecordPage {
  readonly data: readonly RecordData[];
  readonly page: { readonly next: string | null; readonly total?: number };
  readonly included?: Included;
}

/** Whether a field may be read only, or also written. */
export type FieldRight = "read" | "write" | "mask";

/** Whether a right lets somebody write; where none is told, nothing is in the way. */
export function mayWrite(right: FieldRight | undefined): boolean {
  return right === undefined || right === "write";
}

/** One record with what the caller may do with it. */
export interface RecordAnswer {
  readonly data: RecordData;
  readonly included?: Included;
  readonly can: {
    readonly update: boolean;
    readonly delete: boolean;
    readonly fields?: Readonly<Record<string, FieldRight>>;
    readonly actions?: readonly string[];
  };
}

/** One entry of a record's history. */
export interface Change {
  readonly id: number;
  readonly at: string;
  readonly by: string;
  readonly via: string;
  readonly action: "create" | "update" | "delete" | "restore";
  readonly version: number;
  readonly before: Values | null;
  readonly after: Values | null;
}

/** One wrong value in a request. */
export interface ProblemItem {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
  /** What the message is about, such as the record that was found. */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** A refusal (RFC 9457). */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly code: string;
  readonly request_id?: string;
  readonly errors?: readonly ProblemItem[];
}

/** The languages of the product's own texts. */
export type Locale = "zh-CN" | "en";

/** How the product looks here. */
export interface Brand {
  /** Of the product; "" is its own. */
  readonly name: string;
  /** A colour; "" is the product's own. */
  readonly accent: string;
  /** The name of the picture; "" is none. */
  readonly logo: string;
}

/** The organisation that this installation serves. */
export interface Organisation {
  readonly name: string;
  readonly currency: string;
  readonly timezone: string;
  /** The language of who prefers none that is offered. */
  readonly locale: Locale;
  /** Those offered. */
  readonly languages: readonly Locale[];
  /** Those that may be chosen for a new amount; none is all there are. */
  readonly currencies: readonly string[];
  /** The month, 1 to 12, in which the fiscal year begins. */
  readonly fiscal_year_start: number;
  readonly brand: Brand;
  /** The name of the calendar of who names none; "" is none. */
  readonly calendar: string;
  readonly version: number;
}

/** The caller. */
export interface Me {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly roles: readonly string[];
  readonly locale: Locale | "";
  readonly timezone: string;
  readonly abilities: readonly string[];
  readonly organisation: Organisation;
  /** Who looks at the application as this person, and until when. */
  readonly viewer?: { readonly id: string; readonly name: string; readonly until: string };
  /** Until when this person may go on without a second factor; over, only to get one. */
  readonly second_factor?: { readonly due: string; readonly over: boolean };
}

/** A text by language. */
export type Texts = Readonly<Partial<Record<Locale, string>>>;

/** What set-up offers. */
export interface SetupOffer {
  readonly templates: readonly {
    readonly name: string;
    readonly title: Texts;
    readonly description: Texts;
    readonly objects: number;
  }[];
  readonly locales: readonly Locale[];
}

/** What set-up asks for. */
export interface SetupRequest {
  readonly locale: Locale;
  readonly name: string;
  readonly email: string;
  readonly password: string;
  readonly organisation: string;
  readonly timezone: string;
  readonly currency: string;
  readonly fiscal_year_start: number;
  readonly templates: readonly string[];
  /** Whether example records are made. */
  readonly samples: boolean;
}

/** What a limited key reaches of what its person may; without a limit there are no scopes. */
export interface KeyLimit {
  readonly scopes: Readonly<Record<string, "read" | "write">> | null;
  readonly abilities: readonly string[];
}

/** An API key, without its secret. */
export interface ApiKey extends KeyLimit {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly seen_at: string | null;
}

/** An API key and whose it is. */
export interface HeldApiKey extends ApiKey {
  readonly user: string;
}

/** An API key at the moment it is made: the only time its secret is told. */
export interface NewApiKey {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}
