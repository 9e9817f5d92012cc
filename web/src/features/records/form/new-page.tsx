import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useLocation, useNavigate, useParams, useSearchParams } from "react-router";
import type { ObjectDefinition } from "@/api/definitions";
import { pluralOf, useCatalog } from "@/api/meta";
import { useMe } from "@/api/session";
import { Button, LinkButton } from "@/components/button";
import { Missing } from "@/components/fault-view";
import { useToast } from "@/components/toaster";
import { useTitle } from "@/components/use-title";
import { inSentence } from "@/lib/words";
import { recordAddress } from "../record/neighbours";
import { draftPlace, readOwnDraft } from "./draft";
import { DraftOffer } from "./draft-offer";
import styles from "./form.module.css";
import { LeaveGuard } from "./leave-guard";
import { RecordForm } from "./record-form";
import { isResumed } from "./resume";
import { useCreate } from "./use-create";
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

function NewRecord({ object }: { object: ObjectDefinition }) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const me = useMe();
  const navigate = useNavigate();
  const toast = useToast();
  const [params] = useSearchParams();
  const { state } = useLocation();
  const initial = useMemo(() => {
    const fields = catalog.fields(object.name);
    const own = fields.filter((field) => !field.system);
    return { ...startingValues(own), ...givenValues(fields, params) };
  }, [catalog, object.name, params]);
  const [typed] = useState(() =>
    isResumed(state) ? readOwnDraft(draftPlace(me.id, object.name, "new"))?.values : undefined,
  );
  const form = useRecordForm(object.name, null, initial, { typed });
  const included = useGivenNames(catalog.fields(object.name), form.values);
  const title = t("action.newOf", { object: inSentence(object.title) });
  const done = useRef(false);
  useTitle(title);
  const created = (id: string | null, another: boolean) => {
    const address = id === null ? `/o/${object.name}` : recordAddress(object.name, id);
    if (id === null) toast({ text: t("outbox.kept") });
    else
      toast({
        text: t("form.created", { object: inSentence(object.title) }),
        ...(another && {
          action: { label: t("action.open"), perform: () => navigate(address) },
        }),
      });
    if (another) return;
    done.current = true;
    navigate(address, { replace: true });
  };
  const { busy, save, ...create } = useCreate(object.name, initial, form, created);

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
        notes={form.notes}
        attempts={form.attempts}
        first={form.parts[0]?.fields[0]?.field.name}
        onChange={form.change}
        onSave={save}
        buttons={
          <>
            <LinkButton to={`/o/${object.name}`} kind="quiet">
              {t("action.cancel")}
            </LinkButton>
            <Button onClick={() => save(true)} disabled={busy} testId="form.saveAnother">
              {t("form.saveAnother")}
            </Button>
            <Button kind="primary" onClick={() => save(false)} busy={busy} testId="form.save">
              {t("form.save")}
            </Button>
          </>
        }
      />
      <Suspense>
        {create.alike && (
          <DuplicateDialog
            candidates={create.alike.candidates}
            onSave={create.confirm}
            onClose={create.dismiss}
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
