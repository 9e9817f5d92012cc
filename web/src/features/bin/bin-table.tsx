import { useTranslation } from "react-i18next";
import type { Deletion } from "@/api/bin";
import { useCatalog } from "@/api/meta";
import type { Reference } from "@/api/types";
import { Checkbox } from "@/components/checkbox";
import { TableFrame } from "@/components/table-frame";
import { useFormat } from "@/components/use-format";
import styles from "./bin.module.css";

interface BinTableProps {
  readonly deletions: readonly Deletion[];
  readonly people: Readonly<Record<string, Reference>>;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
}

/** What was deleted: when, by whom, with what, and until when it is there. */
export function BinTable({ deletions, people, chosen, onChoose }: BinTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const able = deletions.filter((one) => one.can.restore);
  const all = able.length > 0 && able.every((one) => chosen.has(one.id));
  const toggle = (id: string, on: boolean) => {
    const next = new Set(chosen);
    if (on) next.add(id);
    else next.delete(id);
    onChoose(next);
  };
  const cells = (one: Deletion) => [
    [t("bin.object"), catalog.object(one.object)?.title ?? one.object],
    [t("bin.with"), one.children > 0 ? t("bin.children", { count: one.children }) : t("bin.alone")],
    [
      t("bin.deleted"),
      t("bin.by", {
        when: format.ago(one.at),
        who: people[one.by]?.display ?? t("history.somebody"),
      }),
    ],
    [
      t("bin.until"),
      one.purge_at
        ? t("bin.purge", { date: format.day(one.purge_at), count: daysLeft(one.purge_at) })
        : t("bin.kept"),
    ],
  ];
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
                onChange={(on) => onChoose(new Set(on ? able.map((one) => one.id) : []))}
                testId="bin.all"
              />
            </td>
            {[t("bin.name"), t("bin.object"), t("bin.with"), t("bin.deleted"), t("bin.until")].map(
              (title) => (
                <th key={title} scope="col">
                  {title}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {deletions.map((one) => (
            <tr key={one.id} data-testid={`bin.row.${one.id}`} data-chosen={chosen.has(one.id)}>
              <td>
                <Checkbox
                  label={t("bin.choose", { name: one.display })}
                  checked={chosen.has(one.id)}
                  disabled={!one.can.restore}
                  onChange={(on) => toggle(one.id, on)}
                  testId={`bin.choose.${one.id}`}
                />
              </td>
              <th scope="row">
                {one.display}
                {one.via === "merge" && <span className={styles.note}>{t("bin.merged")}</span>}
              </th>
              {cells(one).map(([title, text]) => (
                <td key={title} data-label={title}>
                  {text}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

function daysLeft(instant: string): number {
  return Math.max(0, Math.ceil((Date.parse(instant) - Date.now()) / 86_400_000));
}
