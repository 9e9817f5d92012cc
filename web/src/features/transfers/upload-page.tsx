import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router";
import type { ObjectDefinition } from "@/api/definitions";
import { importQuery, importsQuery, uploadImport } from "@/api/imports";
import { keys } from "@/api/keys";
import { pluralOf, useCatalog } from "@/api/meta";
import { useMe } from "@/api/session";
import { faultText, Missing } from "@/components/fault-view";
import { FilePick } from "@/components/file-pick";
import { Notice } from "@/components/notice";
import { useFormat } from "@/components/use-format";
import { inSentence } from "@/lib/words";
import styles from "./import.module.css";
import { ImportFrame } from "./import-frame";
import { PasteTable } from "./paste-table";

/** The first step of an import: its file. */
export default function UploadPage() {
  const { object = "" } = useParams();
  const definition = useCatalog().object(object);
  const me = useMe();
  if (!definition?.can?.create || !me.abilities.includes("import")) return <Missing />;
  return <Upload object={definition} />;
}

function Upload({ object }: { object: ObjectDefinition }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const navigate = useNavigate();
  const upload = useMutation({
    mutationFn: (file: File) => uploadImport(object.name, file),
    onSuccess: (made) => {
      client.setQueryData(importQuery(made.id).queryKey, made);
      void client.invalidateQueries({ queryKey: keys.imports, exact: true });
      navigate(`/imports/${made.id}`);
    },
  });
  return (
    <ImportFrame object={object} step={0}>
      <div className={styles.narrow}>
        {upload.isError && (
          <Notice tone="danger" title={t("import.refused")} testId="import.refused">
            <p>{faultText(upload.error, t)}</p>
          </Notice>
        )}
        <FilePick
          text={upload.isPending ? t("import.reading") : t("import.choose")}
          hint={t("import.hint")}
          accept=".csv,.tsv,.txt,.xlsx,text/csv"
          multiple={false}
          disabled={upload.isPending}
          testId="file"
          onFiles={([file]) => file && upload.mutate(file)}
        />
        <PasteTable busy={upload.isPending} onTable={(file) => upload.mutate(file)} />
        <p className={styles.note}>{t("import.safe", { objects: inSentence(pluralOf(object)) })}</p>
        <Recent object={object.name} />
      </div>
    </ImportFrame>
  );
}

const recentShown = 5;

/** The imports before this one: they can be looked at, and undone. */
function Recent({ object }: { object: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const imports = useQuery(importsQuery).data?.filter((one) => one.object === object) ?? [];
  if (imports.length === 0) return null;
  return (
    <section>
      <h2 className={styles.subtitle}>{t("import.recent")}</h2>
      <ul className={styles.recent}>
        {imports.slice(0, recentShown).map((one) => (
          <li key={one.id}>
            <Link to={`/imports/${one.id}`}>{one.file.name}</Link>
            <span>{t(`import.state.${one.state}`)}</span>
            <time dateTime={one.created_at}>{format.ago(one.created_at)}</time>
          </li>
        ))}
      </ul>
    </section>
  );
}
