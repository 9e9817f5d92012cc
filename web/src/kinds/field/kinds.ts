import { createElement } from "react";
import { address } from "./address";
import { boolean } from "./boolean";
import { date, datetime } from "./date";
import { duration } from "./duration";
import { json } from "./json";
import { LinesSheet, LinesTable, linesText } from "./lines";
import { link } from "./link";
import { longtext } from "./longtext";
import { type DisplayProps, type FieldLook, type InputProps, quoted } from "./look";
import { department, lookup, user } from "./lookup";
import { lookups } from "./lookups";
import { money } from "./money";
import { decimal, integer, percent } from "./number";
import { region } from "./region";
import { richtext } from "./richtext";
import { multiselect, select } from "./select";
import { tags } from "./tags";
import { email, phone, text, url } from "./text";
import { time } from "./time";

/** The looks by field kind. A kind that is not listed looks like a line of text. */
const looks: Readonly<Record<string, FieldLook>> = {
  text,
  longtext,
  richtext,
  integer,
  decimal,
  percent,
  money,
  boolean,
  date,
  datetime,
  time,
  duration,
  select,
  multiselect,
  region,
  tags,
  email,
  phone,
  url,
  address,
  user,
  department,
  lookup,
  lookups,
  link,
  lines: {
    Display: (props: DisplayProps) => createElement(LinesTable, { ...props, lookOf }),
    Input: (props: InputProps) => createElement(LinesSheet, { ...props, lookOf }),
    text: linesText,
    operators: [],
    literal: quoted,
    width: "wide",
    unsortable: true,
  },
  autonumber: text,
  json,
};

/** How the values of a field kind look. */
export function lookOf(kind: string): FieldLook {
  return looks[kind] ?? text;
}

/** The kinds that have a look of their own. */
export function listedKinds(): readonly string[] {
  return Object.keys(looks);
}
