import { useState } from "react";
import type { Value } from "@/api/types";
import { TextArea } from "@/components/text-input";
import styles from "./field.module.css";
import { type DisplayProps, type FieldLook, type InputProps, quoted } from "./look";

function Document({ value }: DisplayProps) {
  return <code className={styles.text}>{JSON.stringify(value)}</code>;
}

function DocumentEntry({ value, onChange, ids, label, onBlur, disabled, testId }: InputProps) {
  const shown = value === null ? "" : JSON.stringify(value, null, 2);
  const [typed, setTyped] = useState(shown);
  const current = JSON.stringify(read(typed)) === JSON.stringify(value) ? typed : shown;
  return (
    <TextArea
      {...(ids && { ids })}
      {...(label && { label })}
      {...(onBlur && { onBlur })}
      {...(testId && { testId })}
      disabled={disabled ?? false}
      value={current}
      onChange={(next) => {
        setTyped(next);
        onChange(read(next));
      }}
    />
  );
}

/** What was typed as a document; what is no JSON is a text, which the check of the form judges. */
function read(typed: string): Value {
  if (typed.trim() === "") return null;
  try {
    return JSON.parse(typed);
  } catch {
    return typed;
  }
}

/** Any JSON value. */
export const json: FieldLook = {
  large: true,
  Display: Document,
  Input: DocumentEntry,
  text: (value) => JSON.stringify(value),
  operators: ["empty", "filled"],
  literal: quoted,
  width: "wide",
  unsortable: true,
};
