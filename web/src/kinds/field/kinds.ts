import { createElement } from "react";
import type { Property } from "@/api/definitions";
import { address } from "./address";
import { boolean } from "./boolean";
import { date, datetime } from "./date";
import { duration } from "./duration";
import { file } from "./file";
import { json } from "./json";
import { LinesTable, linesText } from "./lines";
import { LinesSheet } from "./lines-sheet";
import { link } from "./link";
import { longtext } from "./longtext";
import { type DisplayProps, type FieldLook, type InputProps, quoted } from "./look";
import { department, lookup, user } from "./lookup";
import { lookups } from "./lookups";
import { computedMoney, money } from "./money";
import { decimal, integer, percent } from "./number";
import { region } from "./region";
import { richtext } from "./richtext";
import { multiselect, select } from "./select";
import { tags } from "./tags";
import { email, phone, text, url } from "./text";
import { time } from "./time";

/** The looks by field kind, of those that need one of their own. */
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
    large: true,
  },
  autonumber: text,
  json,
  file,
  image: file,
};

/** The looks of all other kinds, by the type of their values. */
const plain: Readonly<Record<string, FieldLook>> = {
  string: text,
  integer,
  number: decimal,
  boolean,
  array: tags,
  object: json,
};

/** How the values of a field look. */
export function lookOf(property: Pick<Property, "field" | "type" | "format">): FieldLook {
  const { field, type = "string", format } = property;
  if (format === "money") return computedMoney;
  return looks[field] ?? plain[type] ?? text;
}
