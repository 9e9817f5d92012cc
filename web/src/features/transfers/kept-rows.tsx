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
  const catalog = useCatalog();
  const kept = made.counts.kept ?? 0;
  const { data: records = [] } = useQuery({
    queryKey: keys.importRows(made.id, "kept"),
    queryFn: async ({ signal }) => {
      const rows = await listImportRows(made.id, { state: "kept" }, undefined, signal);
      const names = new Set(rows.data.map((row) => row.object ?? object.name));
      const lists = [...names].map(async (name) => {
        const display = catalog.display(name);
        const ids = rows.data.filter((row) => (row.object ?? object.name) === name && row.record);
        const where = `id in [${ids.map((row) => `"${row.record}"`).join(", ")}]`;
        const page = await listRecords(name, { where, fields: ["id", display] }, signal);
        return page.data.map((one) => ({ id: one.id, name, text: displayOf(one, display) }));
      });
      return (await Promise.all(lists)).flat();
    },
  });
  return (
    <Notice tone="warning" testId="import.kept">
      <p>{t("import.kept", { count: kept, n: format.number(kept) })}</p>
      <ul className={styles.kept}>
        {records.map(({ id, name, text }) => (
          <li key={id}>
            <Link to={`/o/${name}/${id}`}>{text}</Link>
          </li>
        ))}
      </ul>
    </Notice>
  );
}
