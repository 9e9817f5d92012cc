import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDefinition } from "@/api/definitions";
import { Fault } from "@/api/fault";
import { keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { deliver } from "@/api/outbox";
import { displayOf, recordQuery } from "@/api/records";
import type { RecordAnswer, Values } from "@/api/types";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { useToast } from "@/components/toaster";
import { sameValue } from "@/lib/same-value";
import { type Candidate, candidatesOf } from "../form/candidates";
import { DraftOffer } from "../form/draft-offer";
import { LeaveGuard } from "../form/leave-guard";
import { RecordForm } from "../form/record-form";
import { useGivenNames } from "../form/use-given";
import { useRecordForm } from "../form/use-record-form";

const ConflictDialog = lazy(() => import("./conflict-dialog"));
const DuplicateDialog = lazy(() => import("../form/duplicate-dialog"));

interface RecordEditProps {
  readonly object: ObjectDefinition;
  readonly answer: RecordAnswer;
  readonly first: string | undefined;
  readonly onDone: () => void;
}

/** Somebody else's changes that met ours. */
interface Conflict {
  readonly current: RecordAnswer;
  readonly mine: Values;
  readonly fields: readonly string[];
}

/** Changing a record where it stands. */
export default function RecordEdit({ object, answer, first, onDone }: RecordEditProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const client = useQueryClient();
  const toast = useToast();
  // The record as it was when editing began: what others change meanwhile is compared with it.
  const [base] = useState(answer);
  const [busy, setBusy] = useState(false);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [alike, setAlike] = useState<readonly Candidate[] | null>(null);
  const done = useRef(false);
  const form = useRecordForm(object.name, base, base.data);
  const included = useGivenNames(catalog.fields(object.name), form.typed, base.included);
  const { id } = base.data;

  const leave = () => {
    done.current = true;
    onDone();
  };
  const store = async (on: RecordAnswer, mine: Values, text: string, confirmed = false) => {
    const name = displayOf(base.data, catalog.display(object.name));
    const from = { version: on.data.version, values: on.data };
    const write = { object: object.name, record: id, name, values: mine, base: from, confirmed };
    const { answer: saved } = await deliver({ kind: "update", ...write });
    form.saved();
    if (saved) {
      client.setQueryData(recordQuery(object.name, id).queryKey, saved);
      void client.invalidateQueries({ queryKey: keys.records(object.name) });
    }
    toast({ text: saved ? text : t("outbox.kept") });
    leave();
  };
  const merge = async (mine: Values) => {
    const current = await client.fetchQuery({ ...recordQuery(object.name, id), staleTime: 0 });
    const fields = Object.keys(mine).filter((name) => {
      const theirs = current.data[name];
      return !sameValue(base.data[name], theirs) && !sameValue(mine[name], theirs);
    });
    if (fields.length > 0) setConflict({ current, mine, fields });
    else await store(current, mine, t("record.merged"));
  };
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      const candidates = candidatesOf(error);
      if (candidates) setAlike(candidates);
      else form.fail(error);
    } finally {
      setBusy(false);
    }
  };
  const save = (confirmed = false) => {
    if (busy) return;
    const mine = form.toSave();
    if (!mine) return;
    if (Object.keys(mine).length === 0) {
      form.saved();
      leave();
      return;
    }
    void attempt(async () => {
      try {
        await store(base, mine, t("record.saved"), confirmed);
      } catch (error) {
        if (!(error instanceof Fault) || error.status !== 412) throw error;
        await merge(mine);
      }
    });
  };
  const settle = (chosen: Values) => {
    const on = conflict?.current ?? base;
    setConflict(null);
    void attempt(() => store(on, chosen, t("record.saved")));
  };
  const cancel = () => {
    form.reset();
    leave();
  };

  return (
    <>
      <DraftOffer draft={form.draft} onRestore={form.restoreDraft} onDrop={form.dropDraft} />
      {form.elsewhere && (
        <Notice tone="info" testId="form.elsewhere">
          <p>{t("form.elsewhere")}</p>
        </Notice>
      )}
      <RecordForm
        key={form.resets}
        object={object.name}
        id={id}
        parts={form.parts}
        rules={form.rules}
        values={form.values}
        included={included}
        faults={form.faults}
        notes={form.notes}
        attempts={form.attempts}
        first={first ?? form.parts[0]?.fields[0]?.field.name}
        onChange={form.change}
        onSave={() => save()}
        buttons={
          <>
            <Button kind="quiet" onClick={cancel} testId="form.cancel">
              {t("action.cancel")}
            </Button>
            <Button kind="primary" onClick={() => save()} busy={busy} testId="form.save">
              {t("form.save")}
            </Button>
          </>
        }
      />
      <Suspense>
        {conflict && (
          <ConflictDialog
            object={object.name}
            {...conflict}
            onSettle={settle}
            onClose={() => setConflict(null)}
          />
        )}
        {alike && (
          <DuplicateDialog
            candidates={alike}
            onSave={() => {
              setAlike(null);
              save(true);
            }}
            onClose={() => setAlike(null)}
          />
        )}
      </Suspense>
      <LeaveGuard
        isDirty={() => form.dirty && !done.current}
        onKeep={form.keepDraft}
        onDiscard={form.reset}
      />
    </>
  );
}
