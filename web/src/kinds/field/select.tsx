import type { Field } from "@/api/catalog";
import type { Value } from "@/api/types";
import { MultiSelect, Select } from "@/components/select";
import { Tag } from "@/components/tag";
import styles from "./field.module.css";
import { type DisplayProps, type FieldLook, type InputProps, quoted } from "./look";

/** The name of an option; a code that is no longer one stays readable. */
export function optionTitle(field: Field, code: string): string {
  return field.oneOf?.find((option) => option.const === code)?.title ?? code;
}

/** The options of a field as choices. */
export function choicesOf(field: Field) {
  return (field.oneOf ?? []).map((option) => ({
    value: option.const,
    label: option.title,
    hue: option.color,
  }));
}

function OptionTag({ field, code }: { field: Field; code: string }) {
  const option = field.oneOf?.find((one) => one.const === code);
  return <Tag {...(option?.color && { hue: option.color })}>{option?.title ?? code}</Tag>;
}

function One({ field, value }: DisplayProps) {
  return <OptionTag field={field} code={String(value)} />;
}

function Several({ field, value }: DisplayProps) {
  return (
    <span className={styles.tags}>
      {codes(value).map((code) => (
        <OptionTag key={code} field={field} code={code} />
      ))}
    </span>
  );
}

function OneEntry(props: InputProps) {
  const { field, value, onChange } = props;
  return (
    <Select
      {...control(props)}
      choices={choicesOf(field)}
      value={value === null ? null : String(value)}
      clear
      onChange={onChange}
    />
  );
}

function SeveralEntry(props: InputProps) {
  const { field, value, onChange } = props;
  return (
    <MultiSelect
      {...control(props)}
      choices={choicesOf(field)}
      value={codes(value)}
      onChange={(chosen) => onChange(chosen.length > 0 ? chosen : null)}
    />
  );
}

function control({ ids, label, disabled, onBlur, testId }: InputProps) {
  return {
    ...(ids && { ids }),
    ...(label && { label }),
    ...(onBlur && { onBlur }),
    ...(testId && { testId }),
    disabled: disabled ?? false,
  };
}

/** The codes of a set; a single one counts as a set of one. */
export function codes(value: Value): readonly string[] {
  if (value === null) return [];
  return typeof value === "object" ? value : [String(value)];
}

/** One of the options. */
export const select: FieldLook = {
  Display: One,
  Input: OneEntry,
  text: (value, { field }) => optionTitle(field, String(value)),
  operators: ["anyOf", "noneOf", "empty", "filled"],
  literal: quoted,
  width: "normal",
};

/** Any of the options. */
export const multiselect: FieldLook = {
  Display: Several,
  Input: SeveralEntry,
  text: (value, { field, format }) => {
    return format.list(codes(value).map((code) => optionTitle(field, code)));
  },
  operators: ["has", "hasNot", "empty", "filled"],
  literal: quoted,
  width: "normal",
  unsortable: true,
};
