import { useTranslation } from "react-i18next";
import type { AuditEntry } from "@/api/audit";
import { useCatalog } from "@/api/meta";
import type { Reference } from "@/api/types";
import { TableFrame } from "@/components/table-frame";
import { useFormat } from "@/components/use-format";
import styles from "./audit.module.css";
import { factsOf, subjectOf } from "./audit-text";

interface AuditTableProps {
  readonly entries: readonly AuditEntry[];
  readonly people: Readonly<Record<string, Reference>>;
  readonly onPerson: (id: string) => void;
}

/** Entries of the audit log, each with what it says more. */
export function AuditTable({ entries, people, onPerson }: AuditTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const name = (id: string) => people[id]?.display ?? t("history.somebody");
  const titles = [
    t("audit.when"),
    t("audit.who"),
    t("audit.what"),
    t("audit.about"),
    t("audit.address"),
  ];
  return (
    <TableFrame label={t("audit.title")}>
      <table className={styles.table}>
        <thead>
          <tr>
            {titles.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <tr key={entry.seq} data-testid={`audit.row.${entry.seq}`}>
              <td data-label={titles[0]} className={styles.when}>
                <time dateTime={entry.at}>{format.instant(entry.at)}</time>
              </td>
              <td data-label={titles[1]}>
                <button
                  type="button"
                  className={styles.person}
                  onClick={() => onPerson(entry.actor)}
                >
                  {name(entry.actor)}
                </button>
              </td>
              <th scope="row">{t(`audit.actions.${entry.action}`)}</th>
              <td data-label={titles[3]}>
                {subjectOf(entry, { t, catalog, name })}
                {factsOf(entry, { t, catalog, name }).map((fact) => (
                  <span key={fact} className={styles.fact}>
                    {fact}
                  </span>
                ))}
              </td>
              <td data-label={titles[4]}>{entry.address || "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}
