import { useTranslation } from "react-i18next";
import { Checkbox } from "@/components/checkbox";
import { TableFrame } from "@/components/table-frame";
import styles from "./bin.module.css";

/** Something in the recycle bin. */
export interface BinRow {
  readonly key: string;
  readonly name: string;
  readonly note?: string | undefined;
  /** Whether the reader may restore it. */
  readonly able: boolean;
  /** What stands under the titles. */
  readonly cells: readonly string[];
}

interface BinTableProps {
  readonly titles: readonly string[];
  readonly rows: readonly BinRow[];
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
}

/** What was deleted, to choose what comes back. */
export function BinTable({ titles, rows, chosen, onChoose }: BinTableProps) {
  const { t } = useTranslation();
  const able = rows.filter((one) => one.able);
  const all = able.length > 0 && able.every((one) => chosen.has(one.key));
  const toggle = (key: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(key);
    else next.delete(key);
    onChoose(next);
  };
  return (
    <TableFrame label={t("bin.title")}>
      <table className={styles.table}>
        <thead>
          <tr>
            <td>
              <Checkbox
                label={t("bin.all")}
                checked={all}
                some={!all && chosen.size > 0}
                disabled={able.length === 0}
                onChange={(on) => onChoose(new Set(on ? able.map((one) => one.key) : []))}
                testId="bin.all"
              />
            </td>
            {[t("bin.name"), ...titles].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <tr key={one.key} data-testid={`bin.row.${one.key}`} data-chosen={chosen.has(one.key)}>
              <td>
                <Checkbox
                  label={t("bin.choose", { name: one.name })}
                  checked={chosen.has(one.key)}
                  disabled={!one.able}
                  onChange={(on) => toggle(one.key, on)}
                  testId={`bin.choose.${one.key}`}
                />
              </td>
              <th scope="row">
                {one.name}
                {one.note && <span className={styles.note}>{one.note}</span>}
              </th>
              {titles.map((title, at) => (
                <td key={title} data-label={title}>
                  {one.cells[at]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}
