import { lazy, Suspense } from "react";
import type { Field } from "@/api/catalog";
import type { Option } from "@/api/definitions";
import type { Value } from "@/api/types";
import { MultiSelect, Select } from "@/components/select";
import { Tag } from "@/components/tag";
import styles from "./field.module.css";
import { type DisplayProps, type FieldLook, type InputProps, quoted } from "./look";

const TreeSelect = lazy(() => import("@/components/tree-select"));

/** The name of an option; a code that is no longer one stays readable. */
export function optionTitle(field: Field, code: string): string {
  return field.oneOf?.find((option) => option.const === code)?.title ?? code;
}

/** The options of a field as choices. */
export function choicesOf(field: Field, options: readonly Option[] = field.oneOf ?? []) {
  return options.map((option) => ({
    value: option.const,
    label: option.title,
    hue: option.color,
  }));
}

/** The options that are offered: those in use that go with what was chosen, and those chosen. */
export function offered(
  options: readonly Option[],
  value: Value,
  depends?: Value,
): readonly Option[] {
  const chosen = codes(value);
  const others = depends === undefined ? null : codes(depends);
  return options.filter((option) => {
    const fits = !others || !option.when || option.when.some((code) => others.includes(code));
    return chosen.includes(option.const) || (option.active !== false && fits);
  });
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
  const { field, value, depends, onChange } = props;
  const options = offered(field.oneOf ?? [], value, depends);
  if (options.some((option) => option.parent)) return <TreeEntry {...props} options={options} />;
  return (
    <Select
      {...control(props)}
      choices={choicesOf(field, options)}
      value={value === null ? null : String(value)}
      clear
      onChange={onChange}
    />
  );
}

function SeveralEntry(props: InputProps) {
  const { field, value, depends, onChange } = props;
  return (
    <MultiSelect
      {...control(props)}
      choices={choicesOf(field, offered(field.oneOf ?? [], value, depends))}
      value={codes(value)}
      onChange={(chosen) => onChange(chosen.length > 0 ? chosen : null)}
    />
  );
}

/** An option of a tree, found level by level or by typing. */
export function TreeEntry(props: InputProps & { readonly options: readonly Option[] }) {
  const { value, options, onChange } = props;
  return (
    <Suspense fallback={<span className={styles.placeholder} />}>
      <TreeSelect
        {...control(props)}
        options={options}
        value={value === null ? null : String(value)}
        onChange={onChange}
      />
    </Suspense>
  );
}

function control({ ids, label, disabled, begin, onBlur, testId }: InputProps) {
  return {
    ...(ids && { ids }),
    ...(label && { label }),
    ...(onBlur && { onBlur }),
    ...(testId && { testId }),
    ...(begin && { begin }),
    disabled: disabled ?? false,
  };
}

/** The codes of a set; a single one counts as a set of one. */
export function codes(value: Value): readonly string[] {
  if (value === null) return [];
  if (Array.isArray(value)) return value.map(String);
  return [String(value)];
}

/** One of the options. */
export const select: FieldLook = {
  chosen: true,
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
