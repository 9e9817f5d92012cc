import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { ImportColumn } from "@/api/imports";
import { Button } from "@/components/button";
import { Select } from "@/components/select";
import { useFormat } from "@/components/use-format";
import { choicesOf } from "@/kinds/field/select";
import styles from "./import.module.css";

interface ValueMappingProps {
  readonly column: ImportColumn;
  readonly field: Field;
  readonly onChange: (values: Readonly<Record<string, string | null>>) => void;
}

// No option can be named so: names begin with a letter.
const nothing = "-";

/** What each spelling in the file means: an option, or nothing. */
export function ValueMapping({ column, field, onChange }: ValueMappingProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = column.unmatched.filter((one) => !(one.value in column.values));
  const rows = [
    ...open.map((one) => ({ text: one.value, count: one.count, choice: null })),
    ...Object.entries(column.values).map(([text, option]) => ({
      text,
      count: null,
      choice: option ?? nothing,
    })),
  ];
  const choices = [{ value: nothing, label: t("import.empty") }, ...choicesOf(field)];
  const put = (text: string, choice: string | null) => {
    const { [text]: _, ...rest } = column.values;
    onChange(choice === null ? rest : { ...rest, [text]: choice === nothing ? null : choice });
  };
  if (rows.length === 0) return <p className={styles.note}>{t("import.allMatched")}</p>;
  return (
    <div className={styles.values}>
      <ul>
        {rows.map(({ text, count, choice }) => (
          <li key={text} className={styles.value}>
            <span className={styles.spelling}>
              {text}
              {count !== null && (
                <span className={styles.note}>
                  {t("import.rows", { count, n: format.number(count) })}
                </span>
              )}
            </span>
            <span aria-hidden="true">→</span>
            <Select
              label={t("import.optionFor", { value: text })}
              value={choice}
              choices={choices}
              clear
              placeholder={t("import.undecided")}
              onChange={(next) => put(text, next)}
              testId={`import.value.${text}`}
            />
          </li>
        ))}
      </ul>
      {open.length > 1 && (
        <Button
          kind="quiet"
          onClick={() =>
            onChange({
              ...column.values,
              ...Object.fromEntries(open.map((one) => [one.value, null])),
            })
          }
          testId="import.allEmpty"
        >
          {t("import.allEmpty", { count: open.length })}
        </Button>
      )}
    </div>
  );
}
