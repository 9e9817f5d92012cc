import { useQueries, useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useId } from "react";
import { useTranslation } from "react-i18next";
import type { Catalog } from "@/api/catalog";
import { keys } from "@/api/keys";
import { pluralOf, useCatalog } from "@/api/meta";
import { listRecords } from "@/api/records";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { useFormat } from "@/components/use-format";
import styles from "./day.module.css";
import { DayRow } from "./day-row";
import {
  type DueObject,
  type DueRow,
  daysOver,
  fieldsFor,
  whereDue,
  whereLacking,
} from "./due-model";
import type { DueActs } from "./use-due-acts";

const FirstUse = lazy(() => import("../list/first-use"));

const mostRows = 50;

function rowsQuery(catalog: Catalog, due: DueObject, where: string, sort: string) {
  const fields = fieldsFor(catalog, due);
  return {
    queryKey: keys.page(due.object.name, "day", where, fields),
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const query = { where, fields, sort: [sort], limit: mostRows };
      const page = await listRecords(due.object.name, query, signal);
      const rows = page.data.map((record): DueRow => ({ ...due, record, included: page.included }));
      return { rows, more: page.page.next !== null };
    },
    retry: false,
  };
}

/** What one has to do today, and should have done before: the longest overdue first. */
export function TodayCard({ dues, acts }: { dues: readonly DueObject[]; acts: DueActs }) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const { timezone } = useFormat().reader;
  const lists = useQueries({
    queries: dues.map((due) => rowsQuery(catalog, due, whereDue(due, timezone), due.at.name)),
  });
  const rows = lists
    .flatMap((list) => list.data?.rows ?? [])
    .filter((row) => !acts.isGone(row))
    .sort((a, b) => (momentText(a) < momentText(b) ? -1 : 1));
  const over = rows.filter((row) => (daysOver(row, timezone) ?? 0) > 0).length;
  const more = lists.some((list) => list.data?.more);
  const failed = lists.filter((list) => list.isError);
  const pending = lists.some((list) => list.isPending);
  const count = more ? `${rows.length}+` : String(rows.length);
  return (
    <DayCard
      title={t("day.today", { total: count })}
      note={over > 0 ? t("day.overdue", { count: over }) : undefined}
      testId="day.today"
    >
      {failed.map((list) => (
        <Failed key={String(list.errorUpdatedAt)} error={list.error} onRetry={list.refetch} />
      ))}
      {pending && rows.length === 0 && <Skeleton lines={5} />}
      {!pending && rows.length === 0 && failed.length === 0 && <NothingDue dues={dues} />}
      <Rows rows={rows} acts={acts} />
    </DayCard>
  );
}

/** All is done; or nobody recorded anything yet, and this is where to begin. */
function NothingDue({ dues }: { dues: readonly DueObject[] }) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const lists = useQueries({
    queries: dues.map(({ object: { name } }) => ({
      queryKey: keys.page(name, "any"),
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        listRecords(name, { fields: ["id"], limit: 1 }, signal),
      retry: false,
    })),
  });
  if (lists.some((list) => list.isPending)) return <Skeleton lines={5} />;
  const begun = lists.some((list) => list.isError || list.data?.data.length);
  const shown = catalog.apps.flatMap((app) => app.items.flatMap((item) => item.object ?? []));
  const first = shown.flatMap((name) => catalog.object(name) ?? []).find((one) => one.can?.create);
  if (!begun && first) {
    return (
      <Suspense fallback={<Skeleton lines={5} />}>
        <FirstUse object={first} />
      </Suspense>
    );
  }
  return (
    <EmptyState icon="check" title={t("day.caughtUp")} testId="day.caughtUp">
      <p>{t("day.caughtUpText")}</p>
    </EmptyState>
  );
}

/** One's own records that should have a next date and have none; nothing when none lacks one. */
export function LackingCard({ due, acts }: { due: DueObject; acts: DueActs }) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const list = useQuery(rowsQuery(catalog, due, whereLacking(due), "-updated_at"));
  const rows = (list.data?.rows ?? []).filter((row) => !acts.isGone(row));
  if (list.isSuccess && rows.length === 0) return null;
  const total = list.data?.more ? `${rows.length}+` : String(rows.length);
  return (
    <DayCard
      title={t("day.lacking", { objects: pluralOf(due.object), total: list.data ? total : "" })}
      testId={`day.lacking.${due.object.name}`}
    >
      {list.isPending && <Skeleton lines={3} />}
      {list.isError && <Failed error={list.error} onRetry={list.refetch} />}
      <Rows rows={rows} acts={acts} />
    </DayCard>
  );
}

function Rows({ rows, acts }: { rows: readonly DueRow[]; acts: DueActs }) {
  if (rows.length === 0) return null;
  return (
    <ul className={styles.rows}>
      {rows.map((row) => (
        <DayRow key={`${row.object.name}.${row.record.id}`} row={row} acts={acts} />
      ))}
    </ul>
  );
}

function momentText({ at, record }: DueRow): string {
  const value = String(record[at.name]);
  return at.field === "date" ? `${value}T00:00:00` : value;
}

interface DayCardProps {
  readonly title: string;
  readonly note?: string | undefined;
  readonly testId: string;
  readonly children: ReactNode;
}

function DayCard({ title, note, testId, children }: DayCardProps) {
  const id = useId();
  return (
    <section className={styles.card} aria-labelledby={id} data-testid={testId}>
      <h2 id={id} className={styles.title}>
        {title} {note && <span className={styles.over}>{note}</span>}
      </h2>
      {children}
    </section>
  );
}

function Failed({ error, onRetry }: { error: unknown; onRetry: () => unknown }) {
  const { t } = useTranslation();
  return (
    <Notice
      tone="danger"
      testId="day.failed"
      actions={<Button onClick={() => void onRetry()}>{t("action.retry")}</Button>}
    >
      <p>{faultText(error, t)}</p>
    </Notice>
  );
}
