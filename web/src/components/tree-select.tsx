import { Cascader } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Branch, branchesOf, optionLine, type TreeOption } from "@/lib/option-tree";
import { pinyinInitials } from "@/lib/pinyin";
import type { ControlIds } from "./field-frame";
import styles from "./select.module.css";

interface TreeSelectProps {
  readonly ids?: ControlIds;
  readonly label?: string;
  readonly options: readonly TreeOption[];
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  readonly onBlur?: () => void;
  readonly disabled?: boolean;
  readonly testId?: string;
}

/** How many matches are shown of what was typed. */
const mostMatches = 50;

/** One node of a tree of options: any level may be chosen, level by level or by typing. */
export default function TreeSelect(props: TreeSelectProps) {
  const { ids, options, value } = props;
  const { t } = useTranslation();
  const branches = useMemo(() => branchesOf(options).map(copied), [options]);
  const path = value === null ? [] : optionLine(options, value).map((option) => option.const);
  return (
    <Cascader<Row>
      {...(ids && {
        id: ids.id,
        "aria-describedby": ids.describedBy,
        "aria-invalid": ids.invalid || undefined,
        "aria-required": ids.required || undefined,
        status: ids.invalid ? ("error" as const) : ("" as const),
      })}
      {...(props.label && { "aria-label": props.label })}
      className={styles.select ?? ""}
      options={branches}
      value={value !== null && path.length === 0 ? [value] : path}
      onChange={(chosen) => props.onChange(chosen?.at(-1)?.toString() ?? null)}
      onBlur={() => props.onBlur?.()}
      changeOnSelect
      allowClear
      showSearch={{ filter: matches, limit: mostMatches }}
      placeholder={t("select.placeholder")}
      notFoundContent={t("select.none")}
      disabled={props.disabled ?? false}
      data-testid={props.testId}
    />
  );
}

interface Row {
  value: string;
  label: string;
  children?: Row[];
}

/** The branches as the kit takes them, which it may write into. */
function copied({ value, label, children }: Branch): Row {
  return { value, label, ...(children && { children: children.map(copied) }) };
}

function matches(typed: string, path: readonly Row[]): boolean {
  const wanted = typed.trim().toLowerCase().replace(/[\s/]/g, "");
  const line = path
    .map((row) => row.label)
    .join("")
    .toLowerCase();
  return line.includes(wanted) || pinyinInitials(path.at(-1)?.label ?? "").startsWith(wanted);
}
