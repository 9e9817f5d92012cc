import { TextInput } from "@/components/text-input";
import styles from "./field.module.css";
import { type DisplayProps, type FieldLook, type InputProps, quoted } from "./look";

function Clock({ value }: DisplayProps) {
  return <time className={styles.number}>{String(value)}</time>;
}

function ClockEntry({ value, onChange, ids, label, onBlur, disabled, testId }: InputProps) {
  return (
    <TextInput
      {...(ids && { ids })}
      {...(label && { label })}
      {...(onBlur && { onBlur })}
      {...(testId && { testId })}
      type="time"
      disabled={disabled ?? false}
      value={value === null ? "" : String(value)}
      onChange={(typed) => onChange(typed === "" ? null : typed)}
    />
  );
}

/** A time of day. */
export const time: FieldLook = {
  Display: Clock,
  Input: ClockEntry,
  text: String,
  operators: ["equals", "notEquals", "empty", "filled"],
  literal: quoted,
  width: "narrow",
};
