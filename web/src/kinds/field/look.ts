import type { TFunction } from "i18next";
import type { ReactNode } from "react";
import type { Field } from "@/api/catalog";
import type { Included, Value } from "@/api/types";
import type { ControlIds } from "@/components/field-frame";
import type { Formatter } from "@/lib/format";
import type { OperatorName } from "./operators";

/** What is needed to write a value as plain text. */
export interface TextContext {
  readonly field: Field;
  readonly format: Formatter;
  readonly t: TFunction;
  readonly included?: Included | undefined;
}

/** What is needed to show a value; it is never null. */
export interface DisplayProps {
  readonly field: Field;
  readonly value: Exclude<Value, null>;
  readonly included?: Included | undefined;
  /** In a cell of a list, where one line is all there is. */
  readonly brief?: boolean | undefined;
}

/** What is needed to enter a value. */
export interface InputProps {
  readonly field: Field;
  readonly ids?: ControlIds;
  readonly label?: string;
  readonly value: Value;
  /** The value of the field on which the options depend. */
  readonly depends?: Value | undefined;
  readonly included?: Included | undefined;
  readonly disabled?: boolean;
  /** Shows what can be chosen at once. */
  readonly begin?: boolean;
  readonly onChange: (value: Value) => void;
  readonly onBlur?: () => void;
  readonly testId?: string;
  /** What is wrong within the value, by the place in it, such as 0/quantity of lines. */
  readonly faults?: Readonly<Record<string, string>> | undefined;
}

/** How the values of some field kinds look: shown, entered, filtered. */
export interface FieldLook {
  readonly Display: (props: DisplayProps) => ReactNode;
  readonly Input: (props: InputProps) => ReactNode;
  /** The value in words, for histories, announcements and names. */
  readonly text: (value: Exclude<Value, null>, context: TextContext) => string;
  /** What expressions read of a value, where that is something else; null when only the server knows. */
  readonly words?: (value: Exclude<Value, null>, ownCurrency: string) => string | null;
  /** The comparisons a filter offers, the usual one first. */
  readonly operators: readonly OperatorName[];
  /** A value as an expression writes it. */
  readonly literal: (value: string) => string;
  readonly width: "narrow" | "normal" | "wide";
  /** Numbers stand at the end of their column. */
  readonly numeric?: true;
  readonly unsortable?: true;
  /** Its value is chosen and not typed: a choice ends the entry. */
  readonly chosen?: true;
  /** Its control needs more room than a cell has. */
  readonly large?: true;
}

/** How fields of any kind look, for what holds fields itself. */
export interface Looks {
  readonly lookOf: (field: Field) => FieldLook;
}

/** A text as an expression writes it. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
