import {
  type ClipboardEvent,
  lazy,
  type RefObject,
  Suspense,
  useEffect,
  useMemo,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { ObjectDefinition } from "@/api/definitions";
import { useCatalog } from "@/api/meta";
import type { Values } from "@/api/types";
import { Button } from "@/components/button";
import { useToast } from "@/components/toaster";
import { keep } from "@/lib/kept";
import { inSentence } from "@/lib/words";
import { DraftOffer } from "../form/draft-offer";
import { type FormPart, fieldsOf } from "../form/form-model";
import { RecordForm } from "../form/record-form";
import { resumed } from "../form/resume";
import { useCreate } from "../form/use-create";
import { useGivenNames } from "../form/use-given";
import { startingValues, useRecordForm } from "../form/use-record-form";
import { recordAddress } from "../record/neighbours";
import { readCard } from "./card";
import { type Finding, findingsOf, isCard, takesCards } from "./card-fields";
import { CardOffer } from "./card-offer";
import { lastMade } from "./last-made";
import styles from "./quick.module.css";
import { quickFields } from "./quick-model";

const DuplicateDialog = lazy(() => import("../form/duplicate-dialog"));

interface QuickFormProps {
  readonly object: ObjectDefinition;
  /** What was typed for another object and fits here, too. */
  readonly typed: Values | undefined;
  readonly onType: (typed: Values) => void;
  /** Hears what is to be done when the dialog is closed around it. */
  readonly leaving: RefObject<() => void>;
  readonly onClose: () => void;
  /** Opens it again for another record. */
  readonly onAnother: () => void;
}

/** A text that was pasted, what it says, and the field it was pasted in. */
interface Pasted {
  readonly findings: readonly Finding[];
  readonly text: string;
  readonly field: string | undefined;
}

/** A few fields of a new record; the others are one step away. */
export function QuickForm(props: QuickFormProps) {
  const { object, onClose } = props;
  const { t } = useTranslation();
  const catalog = useCatalog();
  const navigate = useNavigate();
  const toast = useToast();
  const fields = catalog.fields(object.name);
  const initial = useMemo(
    () => startingValues(catalog.fields(object.name).filter((field) => !field.system)),
    [catalog, object.name],
  );
  const only = useMemo(() => quickFields(catalog, object.name), [catalog, object.name]);
  const form = useRecordForm(object.name, null, initial, { typed: props.typed, only });
  const included = useGivenNames(fields, form.values);
  const [pasted, setPasted] = useState<Pasted | null>(null);
  const created = (id: string | null, another: boolean) => {
    keep(lastMade, object.name);
    toast({
      text:
        id === null ? t("outbox.kept") : t("form.created", { object: inSentence(object.title) }),
      action: {
        label: t(id === null ? "outbox.see" : "action.open"),
        perform: () => navigate(id === null ? "/outbox" : recordAddress(object.name, id)),
      },
      ...(!another && { other: { label: t("quick.another"), perform: props.onAnother } }),
    });
    if (!another) onClose();
  };
  const { busy, save, ...create } = useCreate(object.name, initial, form, created);

  const leave = () => {
    if (form.dirty) {
      form.keepDraft();
      toast({
        text: t("quick.kept"),
        action: { label: t("form.discard"), perform: form.dropDraft },
      });
    }
    onClose();
  };
  useEffect(() => {
    props.leaving.current = leave;
    props.onType(form.typed);
  });
  const more = () => {
    form.keepDraft();
    onClose();
    navigate(`/o/${object.name}/new`, { state: form.dirty ? resumed : undefined });
  };
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData("text/plain");
    const findings = findingsOf(fields, readCard(text));
    if (!takesCards(fields) || !isCard(findings)) return;
    event.preventDefault();
    const place = event.target instanceof Element ? event.target.closest("[data-field]") : null;
    setPasted({ findings, text, field: place?.getAttribute("data-field") ?? undefined });
  };
  const { field: pastedIn, text: pastedText } = pasted ?? {};
  const parts = quickParts(form.parts, only);
  return (
    <div className={styles.form} onPaste={paste}>
      <DraftOffer draft={form.draft} onRestore={form.restoreDraft} onDrop={form.dropDraft} />
      {pasted && (
        <CardOffer
          key={pasted.text}
          findings={pasted.findings}
          onFill={(findings) => {
            for (const { field, value } of findings) form.change(field.name, value);
            setPasted(null);
          }}
          onText={
            pastedIn === undefined || pastedText === undefined
              ? undefined
              : () => {
                  form.change(pastedIn, pastedText.replace(/\s+/g, " ").trim());
                  setPasted(null);
                }
          }
          onClose={() => setPasted(null)}
        />
      )}
      {takesCards(fields) && !pasted && <p className={styles.tip}>{t("quick.tip")}</p>}
      <RecordForm
        key={form.resets}
        object={object.name}
        parts={parts}
        rules={form.rules}
        values={form.values}
        included={included}
        faults={form.faults}
        notes={form.notes}
        attempts={form.attempts}
        first={fieldsOf(parts)[0]?.field.name}
        onChange={form.change}
        onSave={save}
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
      <div className={styles.footer}>
        <Button kind="quiet" onClick={more} testId="quick.more">
          {t("quick.more")}
        </Button>
        <Button onClick={() => save(true)} disabled={busy} testId="quick.saveAnother">
          {t("form.saveAnother")}
        </Button>
        <Button kind="primary" onClick={() => save(false)} busy={busy} testId="quick.save">
          {t("form.save")}
        </Button>
      </div>
    </div>
  );
}

/** The asked fields below each other, those that came later behind the first ones. */
function quickParts(parts: readonly FormPart[], only: readonly string[]): readonly FormPart[] {
  const rank = (name: string) => (only.includes(name) ? only.indexOf(name) : only.length);
  const fields = [...fieldsOf(parts)].sort((a, b) => rank(a.field.name) - rank(b.field.name));
  return [{ key: "quick", tab: undefined, title: "", columns: 1, showIf: undefined, fields }];
}
