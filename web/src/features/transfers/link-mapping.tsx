import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { ImportColumn } from "@/api/imports";
import { pluralOf, useCatalog } from "@/api/meta";
import { Button } from "@/components/button";
import { useFormat } from "@/components/use-format";
import { inSentence } from "@/lib/words";
import styles from "./import.module.css";
import { LinkChoice, type LinkMeaning, linkTarget } from "./link-choice";
import type { ColumnChange } from "./mapping-row";

interface LinkMappingProps {
  readonly column: ImportColumn;
  readonly field: Field;
  readonly onChange: (change: ColumnChange) => void;
}

/** What names mean of which there is no record, or more than one. */
export function LinkMapping({ column, field, onChange }: LinkMappingProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const target = useCatalog().object(linkTarget(field) ?? "");
  const rows = rowsOf(column);
  const open = rows.filter((row) => row.meaning === null);
  const put = (names: readonly string[], meaning: LinkMeaning | null) => {
    onChange(withMeaning(column, names, meaning));
  };
  const makes = open.filter((row) => !row.several).map((row) => row.name);
  return (
    <div className={styles.values}>
      <p className={styles.note}>
        {t("import.linkedBy", { objects: target ? inSentence(pluralOf(target)) : field.title })}
      </p>
      <ul>
        {rows.map(({ name, count, several, meaning }) => (
          <li key={name} className={styles.value}>
            <span className={styles.spelling}>
              {name}
              {count !== null && (
                <span className={styles.note}>
                  {several && `${t("import.several")} · `}
                  {t("import.rows", { count, n: format.number(count) })}
                </span>
              )}
            </span>
            <span aria-hidden="true">→</span>
            <LinkChoice
              field={field}
              name={name}
              several={several}
              value={meaning}
              onChange={(next) => put([name], next)}
              testId={`import.value.${name}`}
            />
          </li>
        ))}
      </ul>
      {makes.length > 1 && target?.can?.create && (
        <Button kind="quiet" onClick={() => put(makes, { create: true })} testId="import.allCreate">
          {t("import.allCreate", { count: makes.length })}
        </Button>
      )}
      {open.length > 1 && (
        <Button
          kind="quiet"
          onClick={() =>
            put(
              open.map((row) => row.name),
              { empty: true },
            )
          }
          testId="import.allEmpty"
        >
          {t("import.allEmpty", { count: open.length })}
        </Button>
      )}
    </div>
  );
}

interface NameRow {
  readonly name: string;
  readonly count: number | null;
  readonly several: boolean;
  readonly meaning: LinkMeaning | null;
}

/** The names that need a meaning, and those that were given one. */
function rowsOf(column: ImportColumn): readonly NameRow[] {
  const settled = (name: string) => name in column.values || column.create.includes(name.trim());
  const row = (name: string, meaning: LinkMeaning): NameRow => {
    return { name, count: null, several: false, meaning };
  };
  return [
    ...column.unmatched
      .filter((one) => !settled(one.value))
      .map((one) => ({ name: one.value, count: one.count, several: one.several, meaning: null })),
    ...column.create.map((name) => row(name, { create: true })),
    ...Object.entries(column.values).map(([name, id]) => {
      return row(name, id ? { record: id } : { empty: true });
    }),
  ];
}

/** The column with what names mean. */
function withMeaning(
  column: ImportColumn,
  names: readonly string[],
  meaning: LinkMeaning | null,
): ColumnChange {
  const trimmed = names.map((name) => name.trim());
  const values = Object.fromEntries(
    Object.entries(column.values).filter(([name]) => !names.includes(name)),
  );
  const create = column.create.filter((name) => !trimmed.includes(name));
  if (meaning === null) return { values, create };
  if ("create" in meaning) return { values, create: [...create, ...trimmed] };
  const id = "record" in meaning ? meaning.record : null;
  return { values: { ...values, ...Object.fromEntries(names.map((name) => [name, id])) }, create };
}
