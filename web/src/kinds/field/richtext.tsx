import { lazy, Suspense } from "react";
import { RichView } from "@/components/rich-view";
import { plainRich } from "@/lib/rich-text";
import styles from "./field.module.css";
import { longtext } from "./longtext";
import type { DisplayProps, FieldLook, InputProps } from "./look";

const RichEditor = lazy(() => import("@/components/rich-editor"));

function Rich({ value, brief }: DisplayProps) {
  if (brief) return <span className={styles.text}>{plainRich(String(value))}</span>;
  return <RichView html={String(value)} />;
}

function RichEntry({ value, onChange, ids, label, onBlur, disabled, testId }: InputProps) {
  return (
    <Suspense fallback={<span className={styles.placeholder} />}>
      <RichEditor
        {...(ids && { ids })}
        {...(label && { label })}
        {...(onBlur && { onBlur })}
        {...(testId && { testId })}
        disabled={disabled ?? false}
        value={value === null ? "" : String(value)}
        onChange={(html) => onChange(plainRich(html) === "" ? null : html)}
      />
    </Suspense>
  );
}

/** Text with headings, lists and links. */
export const richtext: FieldLook = {
  large: true,
  ...longtext,
  Display: Rich,
  Input: RichEntry,
  text: (value) => plainRich(String(value)),
  words: (value) => plainRich(String(value)),
};
