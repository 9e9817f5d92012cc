import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Catalog, Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import type { Value, Values } from "@/api/types";
import { Button, IconButton } from "@/components/button";
import { TableFrame } from "@/components/table-frame";
import { rowsOf } from "./document";
import styles from "./field.module.css";
import type { DisplayProps, FieldLook, InputProps } from "./look";

/** How the fields of a line look, which are of any kind. */
export interface Looks {
  readonly lookOf: (field: Field) => FieldLook;
}

/** What one enters of a line: its own fields but for the way back to the record. */
function columnsOf(catalog: Catalog, field: Field): readonly Field[] {
  const parents = catalog.objects
    .filter((object) => object.properties[field.name]?.target === field.target)
    .map((object) => object.name);
  return catalog
    .fields(field.target ?? "")
    .filter((one) => !one.system && one.name !== field.order && one.name !== "owner")
    .filter((one) => !(one.field === "lookup" && parents.includes(one.target ?? "")));
}

export function LinesTable({ lookOf, field, value, included }: DisplayProps & Looks) {
  const columns = columnsOf(useCatalog(), field);
  const { t } = useTranslation();
  if (columns.length === 0) return t("field.lines", { count: rowsOf(value).length });
  return (
    <TableFrame label={field.title}>
      <table className={styles.lines}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name}>{column.title}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rowsOf(value).map((row) => (
            <tr key={String(row.id)}>
              {columns.map((column) => {
                const cell = row[column.name] ?? null;
                const { Display } = lookOf(column);
                return (
                  <td key={column.name}>
                    {cell !== null && <Display field={column} value={cell} included={included} />}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

export function LinesSheet(props: InputProps & Looks) {
  const { lookOf, field, value, included, onChange, disabled, testId, label, ids } = props;
  const { t } = useTranslation();
  const columns = columnsOf(useCatalog(), field).filter(
    (column) => column.writable !== false && !column.as,
  );
  const rows = rowsOf(value);
  const body = useRef<HTMLTableSectionElement>(null);
  const adding = useRef(false);
  useEffect(() => {
    if (!adding.current) return;
    adding.current = false;
    body.current?.lastElementChild?.querySelector<HTMLElement>("input, textarea")?.focus();
  });
  const add = () => {
    adding.current = true;
    const given = columns.filter((column) => column.default !== undefined);
    const begun = given.map((column) => [column.name, column.default ?? null] as const);
    onChange([...rows, Object.fromEntries(begun)]);
  };
  const replace = (next: readonly Values[]) => onChange(next);
  const change = (at: number, name: string, cell: Value) =>
    replace(rows.map((row, index) => (index === at ? { ...row, [name]: cell } : row)));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset stands inside the field's own frame
    <div
      className={styles.sheet}
      data-testid={testId}
      role="group"
      aria-label={label}
      aria-labelledby={ids && `${ids.id}-label`}
    >
      <TableFrame label={field.title}>
        <table className={styles.lines}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.name}>{column.title}</th>
              ))}
              <th aria-label={t("field.removeLine")} />
            </tr>
          </thead>
          <tbody ref={body}>
            {rows.map((row, at) => (
              <tr key={String(row.id ?? `new ${at}`)}>
                {columns.map((column) => {
                  const { Input, chosen } = lookOf(column);
                  return (
                    <td key={column.name} data-chosen={chosen}>
                      <Input
                        field={column}
                        label={column.title}
                        value={row[column.name] ?? null}
                        included={included}
                        disabled={disabled ?? false}
                        onChange={(cell) => change(at, column.name, cell)}
                        {...(testId && { testId: `${testId}.${at}.${column.name}` })}
                      />
                    </td>
                  );
                })}
                <td>
                  <IconButton
                    icon="trash"
                    small
                    label={t("field.removeLine")}
                    disabled={disabled ?? false}
                    onClick={() => replace(rows.filter((_, index) => index !== at))}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableFrame>
      <span className={styles.addLine} data-add>
        <Button
          icon="plus"
          disabled={disabled ?? false}
          onClick={add}
          {...(testId && { testId: `${testId}.add` })}
        >
          {t("field.addLine")}
        </Button>
        <kbd>Alt N</kbd>
      </span>
    </div>
  );
}

/** How many lines there are, in words. */
export const linesText: FieldLook["text"] = (value, { t }) =>
  t("field.lines", { count: rowsOf(value).length });
