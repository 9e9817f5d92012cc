import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import { TableFrame } from "@/components/table-frame";
import { rowsOf } from "./document";
import styles from "./field.module.css";
import { columnsOf } from "./line-columns";
import type { DisplayProps, FieldLook, Looks } from "./look";

/** The lines as they are read. */
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
              <th key={column.name} data-numeric={lookOf(column).numeric}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rowsOf(value).map((row) => (
            <tr key={String(row.id)}>
              {columns.map((column) => {
                const cell = row[column.name] ?? null;
                const look = lookOf(column);
                return (
                  <td key={column.name} data-numeric={look.numeric}>
                    {cell !== null && (
                      <look.Display field={column} value={cell} included={included} />
                    )}
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

/** How many lines there are, in words. */
export const linesText: FieldLook["text"] = (value, { t }) =>
  t("field.lines", { count: rowsOf(value).length });
