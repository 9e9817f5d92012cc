import { keepPreviousData, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ObjectDefinition } from "@/api/definitions";
import { Fault } from "@/api/fault";
import { keys } from "@/api/keys";
import { dismissPair, mergePreviewQuery, mergeRecords } from "@/api/merges";
import { useCatalog } from "@/api/meta";
import { displayOf, recordQuery } from "@/api/records";
import type { RecordAnswer } from "@/api/types";
import { Button } from "@/components/button";
import { FaultView, faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { useToast } from "@/components/toaster";
import { useNeedsServer } from "@/components/use-needs-server";
import { isShortcut } from "@/lib/submit-key";
import { recordAddress } from "../record/neighbours";
import { Coming } from "./coming";
import { CompareTable } from "./compare-table";
import styles from "./merge.module.css";
import { differing, type Picks, picksOf, type Side, valuesOf } from "./picks";
import { useUndoMerge } from "./use-undo-merge";

interface CompareProps {
  readonly object: ObjectDefinition;
  readonly ids: readonly [string, string];
  /** The two have become one, or are two. */
  readonly onSettled: () => void;
}

/** Two records beside each other, and what would be made of them. */
export function Compare(props: CompareProps) {
  const [left, right] = useQueries({
    queries: [
      recordQuery(props.object.name, props.ids[0]),
      recordQuery(props.object.name, props.ids[1]),
    ],
  });
  const failed = left.error ?? right.error;
  if (failed) return <FaultView error={failed} onRetry={() => void left.refetch()} />;
  if (!left.data || !right.data) return <Skeleton lines={8} />;
  return <Comparison {...props} records={[left.data, right.data]} />;
}

interface ComparisonProps extends CompareProps {
  readonly records: readonly [RecordAnswer, RecordAnswer];
}

function Comparison({ object, ids, records, onSettled }: ComparisonProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const client = useQueryClient();
  const toast = useToast();
  const undo = useUndoMerge(object.name);
  const fields = differing(catalog, object.name, records);
  const [picks, setPicks] = useState<Picks>(() => picksOf(0, fields, records));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [stays, goes] = picks.stays === 0 ? ids : [ids[1], ids[0]];
  const values = valuesOf(picks, fields, records);
  const preview = useQuery({
    ...mergePreviewQuery(object.name, stays, goes, values),
    placeholderData: keepPreviousData,
    enabled: !busy,
  });
  const names = records.map((record) => displayOf(record.data, catalog.display(object.name)));

  const settle = async (work: () => Promise<unknown>, told: () => void) => {
    setBusy(true);
    setError(null);
    try {
      await work();
      told();
      onSettled();
      // The one that is gone is not asked for again.
      await client.invalidateQueries({
        queryKey: keys.records(object.name),
        predicate: ({ queryKey }) => !queryKey.includes(goes),
      });
    } catch (caught) {
      setError(caught);
      setBusy(false);
    }
  };
  const merge = () =>
    settle(
      () => mergeRecords(object.name, stays, goes, values),
      () =>
        toast({
          text: t("merge.merged", { name: names[picks.stays] }),
          action: { label: t("action.undo"), perform: () => void undo(stays) },
        }),
    );
  const dismiss = () =>
    settle(
      () => dismissPair(object.name, ids),
      () => toast({ text: t("merge.dismissed") }),
    );
  const pick = (side: Side) => setPicks(picksOf(side, fields, records));
  const ready = !busy && preview.isSuccess && !preview.isPlaceholderData;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (busy) return;
      if (isShortcut(event, "1")) pick(0);
      else if (isShortcut(event, "2")) pick(1);
      else if (isShortcut(event, "x")) void dismiss();
      else if (isShortcut(event, "m") && ready) void merge();
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  const refusal = error ?? preview.error;
  const blocked = useNeedsServer();
  return (
    <div className={styles.compare} data-testid="merge.compare">
      <div className={styles.compareHead}>
        <h2>{t("merge.compare", { names: names.join(" · ") })}</h2>
        <div className={styles.buttons}>
          <Button
            icon="close"
            disabled={busy}
            blocked={blocked}
            onClick={() => void dismiss()}
            testId="merge.dismiss"
          >
            {t("merge.dismiss")}
          </Button>
          <Button
            kind="primary"
            icon="check"
            busy={busy}
            disabled={!preview.isSuccess}
            blocked={blocked}
            onClick={() => ready && void merge()}
            testId="merge.submit"
          >
            {t("merge.do")}
          </Button>
        </div>
      </div>
      {refusal !== null && (
        <Notice tone={isForbidden(refusal) ? "warning" : "danger"} testId="merge.refusal">
          {isForbidden(refusal)
            ? t("merge.forbidden", { name: names[picks.stays === 0 ? 1 : 0] })
            : faultText(refusal, t)}
        </Notice>
      )}
      <CompareTable
        object={object.name}
        records={records}
        names={names}
        fields={fields}
        picks={picks}
        preview={preview.data}
        waiting={preview.isPlaceholderData || preview.isPending}
        onPick={pick}
        onChange={setPicks}
      />
      {preview.data && <Coming preview={preview.data} swapped={picks.stays === 1} />}
      <div className={styles.links}>
        {ids.map((id, side) => (
          <Link key={id} to={recordAddress(object.name, id)}>
            {t("merge.openRecord", { number: side + 1 })}
          </Link>
        ))}
      </div>
      <p className={styles.note}>{t("merge.safe")}</p>
      <p className={styles.keys}>{t("merge.keys")}</p>
    </div>
  );
}

function isForbidden(error: unknown): boolean {
  return error instanceof Fault && error.status === 403;
}
