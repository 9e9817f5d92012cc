import { Select as KitSelect } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { pinyinInitials } from "@/lib/pinyin";
import type { ControlIds } from "./field-frame";
import styles from "./select.module.css";
import { Tag } from "./tag";

/** Something that can be chosen. */
export type Choice = {
  readonly value: string;
  readonly label: string;
  readonly hue?: string | undefined;
  readonly disabled?: boolean;
};

interface Common {
  readonly ids?: ControlIds;
  readonly label?: string;
  readonly choices: readonly Choice[];
  readonly clear?: boolean;
  readonly disabled?: boolean;
  readonly placeholder?: string;
  readonly testId?: string;
  /** Asks elsewhere for choices instead of filtering those given. */
  readonly onSearch?: (text: string) => void;
  readonly loading?: boolean;
  /** Opens at once. */
  readonly begin?: boolean;
  readonly onBlur?: () => void;
}

interface SelectProps extends Common {
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
}

interface MultiSelectProps extends Common {
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}

const fewChoices = 8;

/** One choice of several. */
export function Select(props: SelectProps) {
  const common = useCommon(props);
  return (
    <KitSelect<string | null, Choice>
      {...common}
      value={props.value}
      onChange={(value) => props.onChange(value ?? null)}
      labelRender={(item) => <Chosen choices={props.choices} value={String(item.value)} />}
    />
  );
}

/** Any of several choices. */
export function MultiSelect(props: MultiSelectProps) {
  const common = useCommon(props);
  return (
    <KitSelect<string[], Choice>
      {...common}
      mode="multiple"
      value={[...props.value]}
      onChange={(value) => props.onChange(value)}
      maxTagCount="responsive"
    />
  );
}

/** Words that are typed, each ended by Enter or a comma. */
export function WordsInput(props: Omit<MultiSelectProps, "choices">) {
  const common = useCommon({ ...props, choices: [] });
  return (
    <KitSelect<string[], Choice>
      {...common}
      mode="tags"
      open={false}
      suffixIcon={null}
      showSearch
      options={[]}
      value={[...props.value]}
      onChange={(words) => props.onChange(words.map((word) => word.trim()).filter(Boolean))}
      tokenSeparators={[",", "，", ";", "；", "、", "|", "\n"]}
    />
  );
}

function Chosen({ choices, value }: { choices: readonly Choice[]; value: string }) {
  const choice = choices.find((one) => one.value === value);
  return <ChoiceLabel choice={choice ?? { value, label: value }} />;
}

function ChoiceLabel({ choice }: { choice: Choice }) {
  return choice.hue ? <Tag hue={choice.hue}>{choice.label}</Tag> : choice.label;
}

function useCommon(props: Common) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(props.begin ?? false);
  const { ids, choices, onSearch } = props;
  const searching = Boolean(onSearch) || choices.length > fewChoices;
  return {
    ...(ids && {
      id: ids.id,
      "aria-describedby": ids.describedBy,
      "aria-invalid": ids.invalid || undefined,
      "aria-required": ids.required || undefined,
      status: ids.invalid ? ("error" as const) : ("" as const),
    }),
    ...(props.label && { "aria-label": props.label }),
    className: styles.select ?? "",
    options: choices.map((choice) => ({ ...choice })),
    optionRender: (option: { data: Choice }) => <ChoiceLabel choice={option.data} />,
    open,
    onOpenChange: setOpen,
    onBlur: () => props.onBlur?.(),
    allowClear: props.clear ?? false,
    disabled: props.disabled ?? false,
    loading: props.loading ?? false,
    placeholder: props.placeholder ?? (open ? t("select.search") : t("select.placeholder")),
    popupMatchSelectWidth: false,
    classNames: { popup: { root: styles.popup ?? "" } },
    showSearch: searching && {
      filterOption: onSearch ? false : matches,
      ...(onSearch && { onSearch }),
    },
    notFoundContent: props.loading ? t("state.loading") : t("select.none"),
    popupRender: (menu: React.ReactElement) => (
      <>
        {menu}
        {searching && !props.loading && (
          <p className={styles.count} role="status">
            {t("select.count", { count: choices.length })}
          </p>
        )}
      </>
    ),
    "data-testid": props.testId,
  };
}

function matches(typed: string, choice: Choice | undefined): boolean {
  if (!choice) return false;
  const wanted = typed.trim().toLowerCase();
  const label = choice.label.toLowerCase();
  return (
    label.includes(wanted) ||
    choice.value.includes(wanted) ||
    pinyinInitials(label).includes(wanted)
  );
}
