import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { idempotencyKey } from "@/api/client";
import type { ObjectDefinition } from "@/api/definitions";
import { keys } from "@/api/keys";
import { pluralOf, useCatalog } from "@/api/meta";
import { createRecord } from "@/api/records";
import { Button, LinkButton } from "@/components/button";
import { Missing } from "@/components/fault-view";
import { useToast } from "@/components/toaster";
import { useTitle } from "@/components/use-title";
import { inSentence } from "@/lib/words";
import { recordAddress } from "../record/neighbours";
import { type Candidate, candidatesOf } from "./candidates";
import { DraftOffer } from "./draft-offer";
import styles from "./form.module.css";
import { LeaveGuard } from "./leave-guard";
import { RecordForm } from "./record-form";
import { useGivenNames } from "./use-given";
import { givenValues, startingValues, useRecordForm } from "./use-record-form";

const DuplicateDialog = lazy(() => import("./duplicate-dialog"));

/** A new record. */
export default function NewPage() {
  const { object = "" } = useParams();
  const definition = useCatalog().object(object);
  if (!definition?.can?.create) return <Missing />;
  return <NewRecord key={object} object={definition} />;
}

/** Records that look like the new one, and which button was pressed. */
interface Alike {
  readonly candidates: readonly Candidate[];
  readonly another: boolean;
}

function NewRecord({ object }: { object: ObjectDefinition }) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const client = useQueryClient();
  const navigate = useNavigate();
  const toast = useToast();
  const [busy, setBusy] = useState(false);
  const [alike, setAlike] = useState<Alike | null>(null);
  const key = useRef(idempotencyKey());
  const [params] = useSearchParams();
  const initial = useMemo(() => {
    const fields = catalog.fields(object.name);
    const own = fields.filter((field) => !field.system);
    return { ...startingValues(own), ...givenValues(fields, params) };
  }, [catalog, object.name, params]);
  const included = useGivenNames(catalog.fields(object.name), initial);
  const form = useRecordForm(object.name, null, initial);
  const title = t("action.newOf", { object: inSentence(object.title) });
  const done = useRef(false);
  useTitle(title);

  const save = async (another: boolean, confirmed = false) => {
    if (busy) return;
    const typed = form.toSave();
    if (!typed) return;
    setBusy(true);
    try {
      const defaults = Object.entries(initial).filter(([, value]) => value !== null);
      const values = { ...Object.fromEntries(defaults), ...typed };
      const { data } = await createRecord(object.name, values, key.current, confirmed);
      key.current = idempotencyKey();
      form.saved();
      void client.invalidateQueries({ queryKey: keys.records(object.name) });
      const address = recordAddress(object.name, data.id);
      toast({
        text: t("form.created", { object: inSentence(object.title) }),
        ...(another && {
          action: { label: t("action.open"), perform: () => navigate(address) },
        }),
      });
      if (another) form.reset();
      else {
        done.current = true;
        navigate(address, { replace: true });
      }
    } catch (error) {
      // A refused request changed nothing: the next one is another.
      key.current = idempotencyKey();
      const candidates = candidatesOf(error);
      if (candidates) setAlike({ candidates, another });
      else form.fail(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className={styles.page} data-testid={`new.${object.name}`}>
      <header className={styles.header}>
        <nav aria-label={t("shell.path")} className={styles.path}>
          <Link to={`/o/${object.name}`}>{pluralOf(object)}</Link>
        </nav>
        <h1>{title}</h1>
      </header>
      <DraftOffer draft={form.draft} onRestore={form.restoreDraft} onDrop={form.dropDraft} />
      <RecordForm
        key={form.resets}
        object={object.name}
        parts={form.parts}
        rules={form.rules}
        values={form.values}
        included={included}
        faults={form.faults}
        attempts={form.attempts}
        first={form.parts[0]?.fields[0]?.field.name}
        onChange={form.change}
        onSave={(another) => void save(another)}
        buttons={
          <>
            <LinkButton to={`/o/${object.name}`} kind="quiet">
              {t("action.cancel")}
            </LinkButton>
            <Button onClick={() => void save(true)} disabled={busy} testId="form.saveAnother">
              {t("form.saveAnother")}
            </Button>
            <Button kind="primary" onClick={() => void save(false)} busy={busy} testId="form.save">
              {t("form.save")}
            </Button>
          </>
        }
      />
      <Suspense>
        {alike && (
          <DuplicateDialog
            candidates={alike.candidates}
            onSave={() => {
              setAlike(null);
              void save(alike.another, true);
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
    </div>
  );
}
