import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Value } from "@/api/types";
import { TextInput } from "@/components/text-input";
import { useFormat } from "@/components/use-format";
import { readDuration } from "@/lib/duration";
import styles from "./field.module.css";
import type { DisplayProps, FieldLook, InputProps } from "./look";
import { integer } from "./number";

function Length({ value }: DisplayProps) {
  const format = useFormat();
  return <span className={styles.number}>{format.duration(Number(value))}</span>;
}

function LengthEntry({ value, onChange, ids, label, onBlur, disabled, testId }: InputProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const shown = value === null ? "" : written(value, (seconds) => format.duration(seconds));
  const [typed, setTyped] = useState(shown);
  const current = String(read(typed)) === String(value) ? typed : shown;
  return (
    <TextInput
      {...(ids && { ids })}
      {...(label && { label })}
      {...(testId && { testId })}
      disabled={disabled ?? false}
      placeholder={t("field.durationPlaceholder")}
      value={current}
      onChange={(next) => {
        setTyped(next);
        onChange(read(next));
      }}
      onBlur={() => {
        setTyped(shown);
        onBlur?.();
      }}
    />
  );
}

/** What was typed as seconds; other text as it is, for the check. */
function read(typed: string): Value {
  const text = typed.trim();
  return text === "" ? null : (readDuration(text) ?? text);
}

function written(value: Exclude<Value, null>, write: (seconds: number) => string): string {
  return /^\d+$/.test(String(value)) ? write(Number(value)) : String(value);
}

/** A length of time, kept in seconds. */
export const duration: FieldLook = {
  ...integer,
  Display: Length,
  Input: LengthEntry,
  text: (value, { format }) => format.duration(Number(value)),
  literal: (value) => (/^\d+$/.test(value) ? value : "0"),
};
