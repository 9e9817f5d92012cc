import { useInfiniteQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { Trans, useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { firstPage, keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { listChanges } from "@/api/records";
import type { Change, Included, Value } from "@/api/types";
import { Button } from "@/components/button";
import { FaultView } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import { useFormat } from "@/components/use-format";
import { lookOf } from "@/kinds/field/kinds";
import styles from "./record.module.css";

interface HistoryProps {
  readonly object: string;
  readonly id: string;
  /** A new version has a new history. */
  readonly version: number;
}

/** What has become of a record: who changed what, and when. */
export function History({ object, id, version }: HistoryProps) {
  const { t } = useTranslation();
  const history = useInfiniteQuery({
    queryKey: [...keys.changes(object, id), version],
    queryFn: ({ pageParam, signal }) => listChanges(object, id, pageParam, signal),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.page.next ?? undefined,
  });
  return (
    <aside className={styles.history} aria-labelledby="history">
      <h2 id="history" className={styles.partTitle}>
        {t("history.title")}
      </h2>
      {history.isPending && <Skeleton lines={4} />}
      {history.isError && (
        <FaultView error={history.error} onRetry={() => void history.refetch()} />
      )}
      <ol className={styles.changes} data-testid="history">
        {history.data?.pages.map((page) =>
          page.data.map((change) => (
            <Entry key={change.id} object={object} change={change} included={page.included} />
          )),
        )}
      </ol>
      {history.hasNextPage && (
        <Button
          kind="quiet"
          busy={history.isFetchingNextPage}
          onClick={() => void history.fetchNextPage()}
        >
          {t("history.older")}
        </Button>
      )}
    </aside>
  );
}

interface EntryProps {
  readonly object: string;
  readonly change: Change;
  readonly included: Included | undefined;
}

function Entry({ object, change, included }: EntryProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const who = included?.user?.[change.by]?.display ?? t("history.somebody");
  const created = change.action === "create";
  const details = <Details object={object} change={change} included={included} />;
  return (
    <li className={styles.change}>
      <p className={styles.changeHead}>
        <span className={styles.who}>{t(`history.${change.action}`, { who })}</span>{" "}
        <time dateTime={change.at} title={format.instant(change.at)}>
          {format.ago(change.at)}
        </time>
        {through(change.via, t) && <span>{through(change.via, t)}</span>}
      </p>
      {created ? (
        <details className={styles.first}>
          <summary>{t("history.firstValues")}</summary>
          {details}
        </details>
      ) : (
        details
      )}
    </li>
  );
}

/** How the change came about, when it was not simply typed here. */
function through(via: string, t: TFunction): string | null {
  switch (via) {
    case "key":
      return t("history.via.key");
    case "import":
      return t("history.via.import");
    case "merge":
      return t("history.via.merge");
    case "convert":
    case "undo_convert":
      return t(`history.via.${via}`);
    case "command":
      return t("history.via.command");
    case "system":
      return t("history.via.system");
    default:
      return null;
  }
}

function Details({ object, change, included }: EntryProps) {
  const catalog = useCatalog();
  const names = Object.keys({ ...change.before, ...change.after });
  const fields = names.flatMap((name) => catalog.field(object, name) ?? []);
  const told = fields.filter((field) => !field.system || field.name === "owner");
  const rows = told.filter(
    (field) => valueAt(change.before, field) !== valueAt(change.after, field),
  );
  if (rows.length === 0) return null;
  return (
    <ul className={styles.changeFields}>
      {rows.map((field) => (
        <li key={field.name} data-testid={`history.${change.id}.${field.name}`}>
          <FieldChange
            field={field}
            before={valueAt(change.before, field)}
            after={valueAt(change.after, field)}
            included={included}
          />
        </li>
      ))}
    </ul>
  );
}

function valueAt(image: Change["before"], field: Field): Value {
  return image?.[field.name] ?? null;
}

interface FieldChangeProps {
  readonly field: Field;
  readonly before: Value;
  readonly after: Value;
  readonly included: Included | undefined;
}

/** One field's change as a sentence. */
function FieldChange({ field, before, after, included }: FieldChangeProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = (value: Value) =>
    value === null ? "" : lookOf(field).text(value, { field, format, t, included });
  const values = { field: field.title, before: words(before), after: words(after) };
  const components = { b: <b />, del: <del />, ins: <ins /> };
  const change = before === null ? "set" : after === null ? "cleared" : "changed";
  // The values are people's own texts: what looks like a tag in them is none.
  return (
    <Trans
      i18nKey={`history.field.${change}`}
      values={values}
      components={components}
      tOptions={{ interpolation: { escapeValue: true } }}
      shouldUnescape
    />
  );
}
