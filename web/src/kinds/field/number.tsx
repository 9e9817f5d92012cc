import { useState } from "react";
import type { Value } from "@/api/types";
import { TextInput } from "@/components/text-input";
import { useFormat } from "@/components/use-format";
import styles from "./field.module.css";
import type { DisplayProps, FieldLook, InputProps } from "./look";

const operators = [
  "equals",
  "notEquals",
  "greater",
  "atLeast",
  "less",
  "atMost",
  "empty",
  "filled",
] as const;

function Figure({ value }: DisplayProps) {
  const format = useFormat();
  return <span className={styles.number}>{format.number(String(value))}</span>;
}

function Share({ value }: DisplayProps) {
  const format = useFormat();
  return <span className={styles.number}>{format.percent(String(value))}</span>;
}

/** A typed number without its groups and in plain digits; other text as it is, for the check. */
export function plainNumber(typed: string): string {
  const narrow = typed.normalize("NFKC").trim();
  const plain = narrow.replace(/(?<=\d)[,\s](?=\d{3})/g, "").replace(/%$/, "");
  return /^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(plain) ? plain.replace(/^\+/, "") : narrow;
}

function readNumber(typed: string, whole: boolean): Value {
  const plain = plainNumber(typed);
  if (plain === "") return null;
  return whole && /^-?\d{1,15}$/.test(plain) ? Number(plain) : plain;
}

interface NumberEntryProps extends InputProps {
  readonly whole?: boolean;
  readonly suffix?: string;
}

function NumberEntry({ whole = false, suffix, ...props }: NumberEntryProps) {
  const { value, onChange, ids, label, onBlur, disabled, testId } = props;
  const [typed, setTyped] = useState(() => shown(value));
  // What was typed stays as it was typed while it means the value.
  const current = shown(readNumber(typed, whole)) === shown(value) ? typed : shown(value);
  return (
    <TextInput
      {...(ids && { ids })}
      {...(label && { label })}
      {...(onBlur && { onBlur })}
      {...(testId && { testId })}
      {...(suffix && { suffix })}
      inputMode={whole ? "numeric" : "decimal"}
      disabled={disabled ?? false}
      value={current}
      onChange={(next) => {
        setTyped(next);
        onChange(readNumber(next, whole));
      }}
    />
  );
}

const WholeEntry = (props: InputProps) => <NumberEntry {...props} whole />;
const ShareEntry = (props: InputProps) => <NumberEntry {...props} suffix="%" />;

function shown(value: Value): string {
  return value === null ? "" : String(value);
}

/** A whole number. */
export const integer: FieldLook = {
  Display: Figure,
  Input: WholeEntry,
  text: (value, { format }) => format.number(String(value)),
  operators,
  literal: (value) => plainNumber(value) || "0",
  width: "narrow",
  numeric: true,
};

/** An exact decimal. */
export const decimal: FieldLook = { ...integer, Input: NumberEntry };

/** A percentage: 12.5 is 12.5%. */
export const percent: FieldLook = {
  ...decimal,
  Display: Share,
  Input: ShareEntry,
  text: (value, { format }) => format.percent(String(value)),
};
