import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams, useSearchParams } from "react-router";
import type { ObjectDefinition } from "@/api/definitions";
import { firstPage, keys } from "@/api/keys";
import { listPairs, type Pair } from "@/api/merges";
import { pluralOf, useCatalog } from "@/api/meta";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { FaultView, Missing } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import { useFormat } from "@/components/use-format";
import { useTitle } from "@/components/use-title";
import { isShortcut } from "@/lib/submit-key";
import { inSentence } from "@/lib/words";
import { Compare } from "./compare";
import styles from "./merge.module.css";
import { ScanBar, useScan } from "./scan-bar";

/** The records of an object that look like the same, as a queue to be worked through. */
export default function DuplicatesPage() {
  const { object = "" } = useParams();
  const definition = useCatalog().object(object);
  if (!definition) return <Missing />;
  return <Duplicates key={object} object={definition} />;
}

function Duplicates({ object }: { object: ObjectDefinition }) {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  const scan = useScan(object.name);
  const title = t("merge.title", { objects: inSentence(pluralOf(object)) });
  useTitle(title);
  const queue = useInfiniteQuery({
    // A scan that has ended has found other pairs.
    queryKey: keys.pairs(object.name, scan.status?.at ?? null),
    queryFn: ({ pageParam, signal }) => listPairs(object.name, pageParam, signal),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.page.next ?? undefined,
  });
  const pairs = queue.data?.pages.flatMap((page) => page.data) ?? [];
  const [first, second] = [params.get("first"), params.get("second")];
  const at = pairs.findIndex(({ records: [a, b] }) =>
    [a?.id, b?.id].every((id) => id === first || id === second),
  );
  const chosen = first && second ? ([first, second] as const) : undefined;
  const go = (pair: Pair | undefined) => {
    const [a, b] = pair?.records ?? [];
    setParams(a && b ? { first: a.id, second: b.id } : {}, { replace: true });
  };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (isShortcut(event, "j") && pairs[at + 1]) go(pairs[at + 1]);
      else if (isShortcut(event, "k") && at > 0) go(pairs[at - 1]);
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  return (
    <div className={styles.page} data-testid="duplicates">
      <header className={styles.header}>
        <nav aria-label={t("shell.path")} className={styles.path}>
          <Link to={`/o/${object.name}`}>{pluralOf(object)}</Link>
        </nav>
        <div className={styles.heading}>
          <h1>{title}</h1>
          <ScanBar scan={scan} />
        </div>
      </header>
      <div className={styles.body} data-chosen={chosen !== undefined}>
        <section className={styles.queue} aria-label={t("merge.queue")}>
          {queue.isError && <FaultView error={queue.error} onRetry={() => void queue.refetch()} />}
          {queue.isPending && <Skeleton lines={6} />}
          {queue.isSuccess && pairs.length === 0 && !chosen && (
            <NoPairs object={object} scan={scan} />
          )}
          <ol className={styles.pairs}>
            {pairs.map((pair, index) => (
              <PairRow
                key={pair.id}
                object={object.name}
                pair={pair}
                current={index === at}
                onChoose={() => go(pair)}
              />
            ))}
          </ol>
          {queue.hasNextPage && (
            <Button busy={queue.isFetchingNextPage} onClick={() => void queue.fetchNextPage()}>
              {t("merge.more")}
            </Button>
          )}
        </section>
        <section className={styles.work} aria-label={t("merge.table")}>
          {chosen && (
            <>
              <div className={styles.back}>
                <Button kind="quiet" icon="chevron-left" onClick={() => go(undefined)}>
                  {t("merge.queue")}
                </Button>
              </div>
              <Compare
                key={chosen.join()}
                object={object}
                ids={chosen}
                onSettled={() => go(pairs[at + 1] ?? pairs[at - 1])}
              />
            </>
          )}
          {!chosen && pairs.length > 0 && (
            <EmptyState icon="copy" title={t("merge.chooseTitle")} testId="merge.choose">
              <p>{t("merge.chooseText")}</p>
            </EmptyState>
          )}
        </section>
      </div>
    </div>
  );
}

function NoPairs({ object, scan }: { object: ObjectDefinition; scan: ReturnType<typeof useScan> }) {
  const { t } = useTranslation();
  const never = scan.status?.state === "none";
  return (
    <EmptyState
      icon={never ? "search" : "check"}
      title={t(never ? "merge.neverTitle" : "merge.noneTitle")}
      testId={never ? "merge.never" : "merge.none"}
      actions={
        never &&
        scan.may && (
          <Button kind="primary" icon="search" onClick={scan.start} testId="merge.firstScan">
            {t("merge.scan")}
          </Button>
        )
      }
    >
      <p>
        {t(never ? "merge.neverText" : "merge.noneText", {
          objects: inSentence(pluralOf(object)),
        })}
      </p>
      {never && !scan.may && <p>{t("merge.neverAsk")}</p>}
    </EmptyState>
  );
}

interface PairRowProps {
  readonly object: string;
  readonly pair: Pair;
  readonly current: boolean;
  readonly onChoose: () => void;
}

function PairRow({ object, pair, current, onChoose }: PairRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const reasons = pair.fields.map((name) => catalog.field(object, name)?.title ?? name);
  return (
    <li>
      <button
        type="button"
        className={styles.pair}
        aria-current={current}
        onClick={onChoose}
        data-testid={`merge.pair.${pair.id}`}
      >
        <span className={styles.pairNames}>
          {pair.records.map((record) => (
            <span key={record.id}>{record.display}</span>
          ))}
        </span>
        <span className={styles.note}>
          {t("merge.reason", {
            percent: format.percent(Math.round(Number(pair.score) * 100)),
            fields: format.list(reasons),
          })}
        </span>
      </button>
    </li>
  );
}
