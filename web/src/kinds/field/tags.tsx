import { WordsInput } from "@/components/select";
import { Tag } from "@/components/tag";
import styles from "./field.module.css";
import { type DisplayProps, type FieldLook, type InputProps, quoted } from "./look";
import { codes } from "./select";

function Words({ value }: DisplayProps) {
  return (
    <span className={styles.tags}>
      {codes(value).map((word) => (
        <Tag key={word}>{word}</Tag>
      ))}
    </span>
  );
}

function WordsEntry({ value, onChange, ids, label, onBlur, disabled, testId }: InputProps) {
  return (
    <WordsInput
      {...(ids && { ids })}
      {...(label && { label })}
      {...(onBlur && { onBlur })}
      {...(testId && { testId })}
      disabled={disabled ?? false}
      value={codes(value)}
      onChange={(words) => onChange(words.length > 0 ? words : null)}
    />
  );
}

/** Free words, each once. */
export const tags: FieldLook = {
  Display: Words,
  Input: WordsEntry,
  text: (value, { format }) => format.list(codes(value)),
  operators: ["includes", "includesNot", "empty", "filled"],
  literal: quoted,
  width: "normal",
  unsortable: true,
};
