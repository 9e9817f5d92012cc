import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ObjectDefinition } from "@/api/definitions";
import { type Import, listImportRows } from "@/api/imports";
import { keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { displayOf, listRecords } from "@/api/records";
import { Notice } from "@/components/notice";
import { useFormat } from "@/components/use-format";
import styles from "./import.module.css";

interface KeptRowsProps {
  readonly object: ObjectDefinition;
  readonly made: Import;
}

/** What an undo left as it is, with the way there. */
export function KeptRows({ object, made }: KeptRowsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const display = useCatalog().display(object.name);
  const kept = made.counts.kept ?? 0;
  const { data: records = [] } = useQuery({
    queryKey: keys.importRows(made.id, "kept"),
    queryFn: async ({ signal }) => {
      const rows = await listImportRows(made.id, { state: "kept" }, undefined, signal);
      const ids = rows.data.flatMap((row) => row.record ?? []);
      if (ids.length === 0) return [];
      const where = `id in [${ids.map((id) => `"${id}"`).join(", ")}]`;
      const page = await listRecords(object.name, { where, fields: ["id", display] }, signal);
      return page.data;
    },
  });
  return (
    <Notice tone="warning" testId="import.kept">
      <p>{t("import.kept", { count: kept, n: format.number(kept) })}</p>
      <ul className={styles.kept}>
        {records.map((record) => (
          <li key={record.id}>
            <Link to={`/o/${object.name}/${record.id}`}>{displayOf(record, display)}</Link>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
