import { useQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ActivityObject } from "@/api/catalog";
import { idempotencyKey } from "@/api/client";
import { Fault } from "@/api/fault";
import { useCatalog } from "@/api/meta";
import { deliver } from "@/api/outbox";
import { asText, displayOf, recordQuery } from "@/api/records";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { MentionInput } from "@/components/mention-input";
import { Notice } from "@/components/notice";
import { TextArea } from "@/components/text-input";
import { together } from "@/lib/key-names";
import { keptText, type Named } from "@/lib/mentions";
import { isSaveKey } from "@/lib/submit-key";
import { ActivityFields } from "./activity-fields";
import {
  type About,
  askedFields,
  type Noted,
  recordOf,
  startValues,
  wordsOf,
} from "./activity-model";
import styles from "./timeline.module.css";
import { useKeptDraft } from "./use-kept-draft";

interface ComposerProps {
  readonly about: About;
  readonly autoFocus?: boolean;
  /** It is sent, or waits until it can be. */
  readonly onSent: (waits: boolean) => void;
}

interface Note {
  readonly text: string;
  /** Those who were chosen behind an @. */
  readonly named: Named;
}

/** Says something about a record, and mentions people. */
export function NoteComposer({ about, autoFocus, onSent }: ComposerProps) {
  const { t } = useTranslation();
  const place = `timeline:${about.object}:${about.id}:note`;
  const [draft, setDraft, done] = useKeptDraft<Note>(place, { text: "", named: {} });
  const name = useNameOf(about);
  return (
    <Sending
      ready={draft.text.trim() !== ""}
      onSend={async (key) => {
        const values = { text: keptText(draft.text.trim(), draft.named) };
        const { object, id: record } = about;
        const { waits } = await deliver({ kind: "comment", object, record, name, values }, key);
        done();
        onSent(waits);
      }}
    >
      <MentionInput
        label={t("timeline.note")}
        placeholder={t("timeline.notePlaceholder")}
        value={draft.text}
        autoFocus={autoFocus ?? false}
        onChange={(text) => setDraft((before) => ({ ...before, text }))}
        onMention={({ id, display }) =>
          setDraft((before) => ({ ...before, named: { ...before.named, [id]: display } }))
        }
        testId="note.text"
      />
    </Sending>
  );
}

/** Notes a follow-up, a task or another activity about a record. */
export function ActivityComposer(props: ComposerProps & { readonly kind: ActivityObject }) {
  const { about, kind, autoFocus, onSent } = props;
  const { t } = useTranslation();
  const catalog = useCatalog();
  const fields = askedFields(catalog, kind);
  const name = `timeline:${about.object}:${about.id}:${kind.object.name}`;
  const [draft, setDraft, done] = useKeptDraft<Noted>(name, {
    text: "",
    values: startValues(fields),
  });
  const words = wordsOf(fields, kind, draft.values);
  return (
    <Sending
      ready={draft.text.trim() !== "" || words !== ""}
      onSend={async (key) => {
        const values = recordOf(catalog, kind, about, draft);
        const object = kind.object.name;
        const name = asText(values[catalog.display(object)]);
        const { waits } = await deliver({ kind: "create", object, name, values, about }, key);
        done();
        onSent(waits);
      }}
    >
      <TextArea
        label={t("timeline.words", { object: kind.object.title })}
        placeholder={words || t("timeline.wordsPlaceholder")}
        value={draft.text}
        autoFocus={autoFocus ?? false}
        onChange={(text) => setDraft((before) => ({ ...before, text }))}
        testId="note.text"
      />
      <ActivityFields
        kind={kind}
        fields={fields}
        values={draft.values}
        onChange={(values) => setDraft((before) => ({ ...before, values }))}
      />
    </Sending>
  );
}

/** What the record is called that something is said about. */
function useNameOf({ object, id }: About): string {
  const catalog = useCatalog();
  const { data } = useQuery({ ...recordQuery(object, id), enabled: false });
  return data ? displayOf(data.data, catalog.display(object)) : "";
}

interface SendingProps {
  readonly ready: boolean;
  /** What its button says. */
  readonly verb?: string;
  readonly onCancel?: () => void;
  readonly onSend: (key: string) => Promise<void>;
  readonly children: React.ReactNode;
}

/** A small form that is sent once, by its button or by Ctrl+Enter, and says why it was not. */
export function Sending({ ready, verb, onCancel, onSend, children }: SendingProps) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<unknown>(null);
  const [key, setKey] = useState(idempotencyKey);
  const send = async (event?: FormEvent) => {
    event?.preventDefault();
    if (busy || !ready) return;
    setBusy(true);
    setRefusal(null);
    try {
      await onSend(key);
      setKey(idempotencyKey());
    } catch (error) {
      setRefusal(error);
      // What never came back may have arrived: the next try is the same one.
      if (!(error instanceof Fault) || error.code !== "unreachable") setKey(idempotencyKey());
    }
    setBusy(false);
  };
  const press = (event: KeyboardEvent) => {
    if (!isSaveKey(event)) return;
    event.preventDefault();
    void send();
  };
  return (
    <form className={styles.form} onSubmit={send} onKeyDown={press}>
      {children}
      {refusal !== null && (
        <Notice tone="danger" testId="note.refusal">
          <p>{refusalText(refusal, t)}</p>
        </Notice>
      )}
      <p className={styles.send}>
        <kbd className={styles.hint}>{together("Enter")}</kbd>
        {onCancel && (
          <Button kind="quiet" onClick={onCancel}>
            {t("action.cancel")}
          </Button>
        )}
        <Button kind="primary" submit busy={busy} disabled={!ready} testId="note.send">
          {verb ?? t("timeline.send")}
        </Button>
      </p>
    </form>
  );
}

function refusalText(error: unknown, t: TFunction): string {
  const said = error instanceof Fault ? error.items.map((item) => item.message).join(" ") : "";
  return said || faultText(error, t);
}
