import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { Import, ImportColumn, OnExisting } from "@/api/imports";
import { mayWrite } from "@/api/types";
import { Button } from "@/components/button";
import { Select } from "@/components/select";
import { Tag } from "@/components/tag";
import { CellText } from "./cell-text";
import styles from "./import.module.css";
import { linkTarget } from "./link-choice";
import { LinkMapping } from "./link-mapping";
import { ValueMapping } from "./value-mapping";

const rules: readonly OnExisting[] = ["overwrite", "fill_empty", "keep"];
const hues = { high: "green", medium: "amber", low: "orange", none: "slate" } as const;
const samplesShown = 3;

/** What may be changed of a column's mapping. */
export type ColumnChange = Partial<
  Pick<ImportColumn, "field" | "on_existing" | "values" | "create">
>;

interface MappingRowProps {
  readonly made: Import;
  readonly column: ImportColumn;
  readonly fields: readonly Field[];
  readonly onChange: (change: ColumnChange) => void;
}

/** One column of the file: what it looks like, which field it becomes, and how. */
export function MappingRow({ made, column, fields, onChange }: MappingRowProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const taken = new Set(
    made.columns.filter((one) => one !== column && one.field).map((one) => one.field),
  );
  const field = fields.find((one) => one.name === column.field);
  const choices = fields
    .filter((one) => !taken.has(one.name) && (mayWrite(one.can) || one.name === "id"))
    .map((one) => ({ value: one.name, label: one.title }));
  const samples = column.samples.filter(Boolean).slice(0, samplesShown);
  const unmatched = column.unmatched.length;
  const linked = field !== undefined && linkTarget(field) !== null;
  const testId = `import.column.${column.index}`;
  return (
    <>
      <tr data-testid={testId}>
        <th scope="row">{column.title || t("import.untitled", { column: column.index + 1 })}</th>
        <td className={styles.samples}>
          {samples.map((sample, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: samples may repeat and never move
            <span key={at}>
              <CellText text={sample} target={field ? linkTarget(field) : null} />
            </span>
          ))}
        </td>
        <td>
          <div className={styles.target}>
            <Select
              label={t("import.fieldFor", { column: column.title })}
              value={column.field}
              choices={choices}
              placeholder={t("import.ignored")}
              clear
              onChange={(name) => onChange({ field: name })}
              testId={`${testId}.field`}
            />
            {(field?.oneOf || linked) && (
              <Button
                kind="quiet"
                icon={open ? "chevron-down" : "chevron-right"}
                expanded={open}
                onClick={() => setOpen(!open)}
                testId={`${testId}.values`}
              >
                {unmatched > 0 ? t("import.unmatched", { count: unmatched }) : t("import.values")}
              </Button>
            )}
          </div>
        </td>
        <td>
          {field && (
            <Select
              label={t("import.onExistingFor", { column: column.title })}
              value={column.on_existing}
              choices={rules.map((rule) => ({ value: rule, label: t(`import.rule.${rule}`) }))}
              onChange={(name) => {
                const rule = rules.find((one) => one === name);
                if (rule) onChange({ on_existing: rule });
              }}
            />
          )}
        </td>
        <td>
          {field && (
            <Tag hue={hues[column.confidence]}>{t(`import.sure.${column.confidence}`)}</Tag>
          )}
        </td>
      </tr>
      {open && field && linked && (
        <tr>
          <td colSpan={5} className={styles.valuesCell}>
            <LinkMapping column={column} field={field} onChange={onChange} />
          </td>
        </tr>
      )}
      {open && field?.oneOf && (
        <tr>
          <td colSpan={5} className={styles.valuesCell}>
            <ValueMapping
              column={column}
              field={field}
              onChange={(values) => onChange({ values })}
            />
          </td>
        </tr>
      )}
    </>
  );
}
