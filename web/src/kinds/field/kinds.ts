import { boolean } from "./boolean";
import { date, datetime } from "./date";
import { longtext } from "./longtext";
import type { FieldLook } from "./look";
import { lookup, user } from "./lookup";
import { decimal, integer, percent } from "./number";
import { multiselect, select } from "./select";
import { email, phone, text, url } from "./text";

/** The looks by field kind. A kind that is not listed looks like a line of text. */
const looks: Readonly<Record<string, FieldLook>> = {
  text,
  longtext,
  integer,
  decimal,
  percent,
  boolean,
  date,
  datetime,
  select,
  multiselect,
  email,
  phone,
  url,
  user,
  lookup,
  autonumber: text,
};

/** How the values of a field kind look. */
export function lookOf(kind: string): FieldLook {
  return looks[kind] ?? text;
}

/** The kinds that have a look of their own. */
export function listedKinds(): readonly string[] {
  return Object.keys(looks);
}
