import { useTranslation } from "react-i18next";
import { addComment } from "@/api/timeline";
import { Checkbox } from "@/components/checkbox";
import { FieldFrame } from "@/components/field-frame";
import { Select } from "@/components/select";
import { TextArea, TextInput } from "@/components/text-input";
import { useToast } from "@/components/toaster";
import { copyText } from "@/lib/copy-text";
import type { About } from "./activity-model";
import { Sending } from "./composer";
import { type Mail, mailLink, mailNote } from "./mail";
import { useKeptDraft } from "./use-kept-draft";

interface MailComposerProps {
  readonly about: About;
  /** The addresses that the record has. */
  readonly addresses: readonly string[];
  readonly onSent: () => void;
}

interface Draft extends Mail {
  readonly noted: boolean;
}

/** Writes a mail to an address of a record, opens it in the mail program and notes it. */
export default function MailComposer({ about, addresses, onSent }: MailComposerProps) {
  const { t } = useTranslation();
  const toast = useToast();
  const first = addresses[0] ?? "";
  const empty: Draft = { to: first, subject: "", text: "", noted: true };
  const [kept, setDraft, done] = useKeptDraft(`timeline:${about.object}:${about.id}:mail`, empty);
  const draft = addresses.includes(kept.to) ? kept : { ...kept, to: first };
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const open = () => {
    const link = mailLink(draft);
    if (!link) {
      copyText(draft.text);
      toast({ text: t("mail.copied") });
    }
    window.location.assign(link ?? mailLink({ ...draft, text: "" }) ?? `mailto:${draft.to}`);
  };
  return (
    <Sending
      ready={draft.subject.trim() !== "" || draft.text.trim() !== ""}
      verb={t("mail.open")}
      onSend={async (key) => {
        const heading = t("mail.noted", { to: draft.to, subject: draft.subject.trim() });
        if (draft.noted) await addComment(about.object, about.id, mailNote(draft, heading), key);
        open();
        done();
        onSent();
      }}
    >
      <FieldFrame label={t("mail.to")}>
        {(ids) => (
          <Select
            ids={ids}
            value={draft.to}
            choices={addresses.map((address) => ({ value: address, label: address }))}
            onChange={(to) => set({ to: to ?? first })}
            testId="mail.to"
          />
        )}
      </FieldFrame>
      <FieldFrame label={t("mail.subject")}>
        {(ids) => (
          <TextInput
            ids={ids}
            value={draft.subject}
            autoFocus
            onChange={(subject) => set({ subject })}
            testId="mail.subject"
          />
        )}
      </FieldFrame>
      <TextArea
        label={t("mail.text")}
        placeholder={t("mail.text")}
        value={draft.text}
        onChange={(text) => set({ text })}
        testId="mail.text"
      />
      <Checkbox checked={draft.noted} onChange={(noted) => set({ noted })} testId="mail.note">
        {t("mail.note")}
      </Checkbox>
    </Sending>
  );
}
