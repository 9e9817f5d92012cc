import { TextArea } from "@/components/text-input";
import styles from "./field.module.css";
import type { DisplayProps, FieldLook, InputProps } from "./look";
import { text } from "./text";

function Paragraphs({ value }: DisplayProps) {
  return <span className={styles.paragraphs}>{String(value)}</span>;
}

function Area({ field, value, onChange, ids, label, onBlur, disabled, testId }: InputProps) {
  return (
    <TextArea
      {...(ids && { ids })}
      {...(label && { label })}
      {...(onBlur && { onBlur })}
      {...(testId && { testId })}
      disabled={disabled ?? false}
      maxLength={field.maxLength}
      value={value === null ? "" : String(value)}
      onChange={(typed) => onChange(typed === "" ? null : typed)}
    />
  );
}

/** Text of several lines. */
export const longtext: FieldLook = {
  ...text,
  Display: Paragraphs,
  Input: Area,
  operators: ["contains", "notContains", "empty", "filled"],
  width: "wide",
  unsortable: true,
};
