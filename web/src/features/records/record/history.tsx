import { useInfiniteQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { Trans, useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { firstPage, keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { listChanges } from "@/api/records";
import type { Change, Included, RecordAnswer, Value } from "@/api/types";
import { Button, IconButton } from "@/components/button";
import { FaultView } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import { useFormat } from "@/components/use-format";
import { lookOf } from "@/kinds/field/kinds";
import { sameValue } from "../form/draft";
import { RefusalNote } from "../move/refusal-note";
import { useMoves } from "../move/use-moves";
import styles from "./record.module.css";

interface HistoryProps {
  readonly object: string;
  readonly answer: RecordAnswer;
}

/** What has become of a record: who changed what, and when; an old value can be taken back. */
export function History({ object, answer }: HistoryProps) {
  const { t } = useTranslation();
  // A new version has a new history.
  const { id, version } = answer.data;
  const { refusals, move, forgive } = useMoves(object);
  const refusal = refusals.get(id);
  const restoring: Restoring = {
    can: (field, before) => canRestore(answer, field, before),
    restore: (field, before) => {
      const row = { record: answer.data, included: answer.included };
      void move(row, { [field.name]: before }, t("history.restored", { field: field.title }));
    },
  };
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
      {refusal && (
        <RefusalNote
          object={object}
          refusal={{ ...refusal, fields: [] }}
          onFill={() => forgive(id)}
          onClose={() => forgive(id)}
        />
      )}
      {history.isPending && <Skeleton lines={4} />}
      {history.isError && (
        <FaultView error={history.error} onRetry={() => void history.refetch()} />
      )}
      <ol className={styles.changes} data-testid="history">
        {history.data?.pages.map((page) =>
          page.data.map((change) => (
            <Entry
              key={change.id}
              object={object}
              change={change}
              included={page.included}
              restoring={restoring}
            />
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
  readonly restoring: Restoring;
}

/** Taking back what a field was before a change. */
interface Restoring {
  readonly can: (field: Field, before: Value) => boolean;
  readonly restore: (field: Field, before: Value) => void;
}

// Their old contents are other records and files, which may be gone.
const unrestorable = ["lines", "file", "image"];

function canRestore({ data, can }: RecordAnswer, field: Field, before: Value): boolean {
  if (field.system || unrestorable.includes(field.field)) return false;
  const open = field.can === "write" && field.writable !== false;
  const writable = can.update && open && can.fields?.[field.name] !== "read";
  return writable && !sameValue(before, data[field.name]);
}

function Entry({ object, change, included, restoring }: EntryProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const who = included?.user?.[change.by]?.display ?? t("history.somebody");
  const created = change.action === "create";
  const details = (
    <Details object={object} change={change} included={included} restoring={restoring} />
  );
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
    case "undo_merge":
      return t("history.via.undo_merge");
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

function Details({ object, change, included, restoring }: EntryProps) {
  const { t } = useTranslation();
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
          {change.action === "update" && restoring.can(field, valueAt(change.before, field)) && (
            <IconButton
              icon="undo"
              small
              label={t("history.restoreField", { field: field.title })}
              onClick={() => restoring.restore(field, valueAt(change.before, field))}
              testId={`history.restore.${change.id}.${field.name}`}
            />
          )}
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
