import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams, useSearchParams } from "react-router";
import type { ObjectDefinition } from "@/api/definitions";
import { keys } from "@/api/keys";
import { useWatch } from "@/api/live";
import { useCatalog } from "@/api/meta";
import { displayOf, recordQuery } from "@/api/records";
import type { RecordAnswer } from "@/api/types";
import { FaultView, Missing } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import { useToast } from "@/components/toaster";
import { useTitle } from "@/components/use-title";
import { isShortcut } from "@/lib/submit-key";
import { ConversionNotice, useUndoConversion } from "../convert/conversion-notice";
import { ConvertDialog } from "../convert/convert-dialog";
import { useWaiting } from "../outbox/use-waiting";
import { WaitingNote } from "../outbox/waiting-note";
import { Attachments } from "./attachments";
import { recordAddress, useNeighbours } from "./neighbours";
import styles from "./record.module.css";
import { RecordHeader } from "./record-header";
import { RecordView } from "./record-view";

const PoolBand = lazy(() => import("../pool/pool-band"));
const StagePath = lazy(() => import("../path/stage-path"));
const RecordDuplicates = lazy(() => import("../merge/record-duplicates"));
const RecordEdit = lazy(() => import("./record-edit"));
const Timeline = lazy(() => import("../timeline/timeline"));
const RelatedLists = lazy(() => import("../related/related-lists"));

/** One record: what is known of it, what has become of it, and changing it. */
export default function RecordPage() {
  const { object = "", id = "" } = useParams();
  const definition = useCatalog().object(object);
  if (!definition) return <Missing />;
  return <RecordScreen key={`${object}/${id}`} object={definition} id={id} />;
}

interface RecordScreenProps {
  readonly object: ObjectDefinition;
  readonly id: string;
  /** It stands beside its list, which has the page's heading and goes from record to record. */
  readonly beside?: boolean;
}

/** A record by its id: fetched, missing, or here. */
export function RecordScreen({ object, id, beside = false }: RecordScreenProps) {
  const record = useQuery(recordQuery(object.name, id));
  const waiting = useWaiting(object.name);
  if (record.isError) {
    return (
      <FaultView
        error={record.error}
        heading={beside ? "h2" : "h1"}
        onRetry={() => record.refetch()}
      />
    );
  }
  if (!record.data) {
    return (
      <div className={styles.page}>
        <Skeleton lines={8} />
      </div>
    );
  }
  const answer = { ...record.data, data: waiting.over(record.data.data) };
  return <LoadedRecord object={object} answer={answer} beside={beside} />;
}

interface LoadedRecordProps {
  readonly object: ObjectDefinition;
  readonly answer: RecordAnswer;
  readonly beside: boolean;
}

function LoadedRecord({ object, answer, beside }: LoadedRecordProps) {
  const catalog = useCatalog();
  const client = useQueryClient();
  const { t } = useTranslation();
  const toast = useToast();
  const about = catalog.activities(object.name).map((kind) => kind.object.name);
  useWatch([object.name, ...about]);
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const { data: record, can } = answer;
  const neighbours = useNeighbours(object.name, record.id);
  const waiting = useWaiting(object.name);
  const name = displayOf(record, catalog.display(object.name));
  const form = catalog.form(object.name, catalog.recordType(object.name, record));
  const path = form.path === undefined ? undefined : catalog.field(object.name, form.path);
  const editing = can.update ? params.get("edit") : null;
  const [converting, setConverting] = useState(false);
  const undo = useUndoConversion(object.name, record.id);
  const converted = () => {
    setConverting(false);
    toast({
      text: t("convert.toast", { name }),
      action: { label: t("action.undo"), perform: () => void undo() },
    });
    void client.invalidateQueries({ queryKey: keys.allRecords });
  };
  useTitle(name);

  const edit = (field: string | null) => {
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (field === null) next.delete("edit");
        else next.set("edit", field);
        return next;
      },
      { replace: field === null, state: neighbours.origin },
    );
  };
  const go = (id: string | undefined) => {
    if (id) navigate(recordAddress(object.name, id), { state: neighbours.origin });
  };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (editing !== null) return;
      if (isShortcut(event, "e") && can.update) edit("");
      else if (beside) return;
      else if (isShortcut(event, "j")) go(neighbours.after);
      else if (isShortcut(event, "k")) go(neighbours.before);
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });

  return (
    <div className={styles.page} data-beside={beside} data-testid={`record.${object.name}`}>
      <RecordHeader
        object={object}
        answer={answer}
        name={name}
        neighbours={neighbours}
        beside={beside}
        editing={editing !== null}
        onEdit={() => edit("")}
        onConvert={() => setConverting(true)}
        onGo={go}
      />
      <WaitingNote waiting={waiting.about(record.id)} />
      {object.behaviours?.pool && editing === null && (
        <Suspense>
          <PoolBand object={object} answer={answer} name={name} />
        </Suspense>
      )}
      {path && editing === null && (
        <Suspense fallback={<div className={styles.pathPlace} />}>
          <StagePath object={object.name} answer={answer} field={path} name={name} />
        </Suspense>
      )}
      {can.actions?.includes("undo_convert") && (
        <ConversionNotice object={object.name} id={record.id} />
      )}
      {can.update && editing === null && (
        <Suspense>
          <RecordDuplicates object={object} id={record.id} />
        </Suspense>
      )}
      {converting && (
        <ConvertDialog
          object={object}
          id={record.id}
          name={name}
          onClose={() => setConverting(false)}
          onDone={converted}
        />
      )}
      <div className={styles.body}>
        <div className={styles.main}>
          {editing !== null ? (
            <Suspense fallback={<Skeleton lines={8} />}>
              <RecordEdit
                object={object}
                answer={answer}
                first={editing || undefined}
                onDone={() => edit(null)}
              />
            </Suspense>
          ) : (
            <RecordView object={object} answer={answer} onEdit={edit} />
          )}
          {form.related && form.related.length > 0 && editing === null && (
            <Suspense>
              <RelatedLists lists={form.related} of={object} id={record.id} />
            </Suspense>
          )}
          {object.behaviours?.files !== false && (
            <Attachments object={object.name} id={record.id} can={can.update} />
          )}
        </div>
        <Suspense fallback={<Skeleton lines={8} />}>
          <Timeline object={object} answer={answer} />
        </Suspense>
      </div>
    </div>
  );
}
