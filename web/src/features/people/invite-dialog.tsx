import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Fault } from "@/api/fault";
import { invite } from "@/api/invitations";
import { useCatalog } from "@/api/meta";
import type { Value } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { lookOf } from "@/kinds/field/kinds";
import { LinkTold } from "./link-told";
import styles from "./people.module.css";

/** What may be said of the invited person; he says the rest himself. */
const asked = ["email", "name", "roles", "department", "teams", "manager"];

/** Invites somebody, and tells the link. */
export function InviteDialog({ onSent, onClose }: { onSent: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [link, setLink] = useState<string>();
  const done = (made: string) => {
    setLink(made);
    onSent();
  };
  return (
    <Dialog
      open
      firm={link !== undefined}
      title={link ? t("invitations.made") : t("invitations.new")}
      onClose={onClose}
      testId="invite"
      footer={
        link && (
          <Button kind="primary" onClick={onClose} testId="invite.done">
            {t("invitations.done")}
          </Button>
        )
      }
    >
      {link ? <LinkTold link={link} /> : <InviteForm onSent={done} />}
    </Dialog>
  );
}

function InviteForm({ onSent }: { onSent: (link: string) => void }) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const [values, setValues] = useState<Readonly<Record<string, Value>>>({});
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();
  const wrong = new Map(
    refusal instanceof Fault
      ? refusal.items.map((item) => [item.pointer.split("/")[1] ?? "", item.message] as const)
      : [],
  );
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setRefusal(undefined);
    try {
      onSent(await invite(values));
    } catch (error) {
      setRefusal(error);
      setBusy(false);
    }
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      {refusal !== undefined && !asked.some((name) => wrong.has(name)) && (
        <Notice tone="danger" testId="invite.refusal">
          <p>{faultText(refusal, t)}</p>
        </Notice>
      )}
      {asked.map((name) => {
        const field = catalog.field("user", name);
        if (!field) return null;
        const { Input } = lookOf(field);
        return (
          <FieldFrame
            key={name}
            label={field.title}
            required={name === "email"}
            error={wrong.get(name)}
          >
            {(ids) => (
              <Input
                field={field}
                ids={ids}
                value={values[name] ?? null}
                onChange={(value) => setValues({ ...values, [name]: value })}
                testId={`invite.${name}`}
              />
            )}
          </FieldFrame>
        );
      })}
      <div className={styles.buttons}>
        <Button kind="primary" submit busy={busy} disabled={!values.email} testId="invite.send">
          {t("invitations.make")}
        </Button>
      </div>
    </form>
  );
}
