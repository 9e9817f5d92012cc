import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { Fault } from "@/api/fault";
import { useCatalog, useOptions } from "@/api/meta";
import {
  type Offer,
  type RecipientKind,
  recipientKinds,
  recipientOf,
  type Share,
  type ShareAccess,
} from "@/api/shares";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { type ControlIds, FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { Segmented } from "@/components/segmented";
import { Select } from "@/components/select";
import { useNeedsServer } from "@/components/use-needs-server";
import { lookOf } from "@/kinds/field/kinds";
import styles from "./share.module.css";

interface ShareFormProps {
  /** The share that is changed; without, a new one is made. */
  readonly changing: Share | undefined;
  readonly name: string | undefined;
  /** Throws the fault of a refusal. */
  readonly onShare: (offer: Offer) => Promise<void>;
  readonly onCancel: () => void;
}

const given = ["read", "update"] as const;

/** With whom, what for, and until when. */
export function ShareForm({ changing, name, onShare, onCancel }: ShareFormProps) {
  const { t } = useTranslation();
  const blocked = useNeedsServer();
  const before = changing && recipientOf(changing.to);
  const [kind, setKind] = useState<RecipientKind>(before?.kind ?? "user");
  const [to, setTo] = useState<string | null>(before?.id ?? null);
  const [access, setAccess] = useState<ShareAccess>(changing?.access ?? "read");
  const [until, setUntil] = useState<string | null>(changing?.until ?? null);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();
  const wrong = wrongOf(refusal);
  const kinds = useKinds();

  const send = async () => {
    if (!to) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      await onShare({ to: { [kind]: to }, access, until });
    } catch (error) {
      setRefusal(error);
      setBusy(false);
    }
  };
  return (
    <div className={styles.form} data-testid="share.form">
      {refusal !== undefined && !wrong.to && !wrong.until && (
        <Notice tone="danger" testId="share.refusal">
          <p>{faultText(refusal, t)}</p>
        </Notice>
      )}
      {changing ? (
        <p className={styles.heading}>{t("share.changing", { name })}</p>
      ) : (
        <>
          <Segmented
            label={t("share.kinds")}
            value={kind}
            choices={kinds.map((value) => ({ value, label: t(`share.kind.${value}`) }))}
            onChange={(next) => {
              setKind(next);
              setTo(null);
              setRefusal(undefined);
            }}
            testId="share.kind"
          />
          <FieldFrame label={t(`share.kind.${kind}`)} required error={wrong.to}>
            {(ids) => <Picker key={kind} kind={kind} ids={ids} value={to} onChange={setTo} />}
          </FieldFrame>
        </>
      )}
      <div className={styles.terms}>
        <FieldFrame label={t("share.right")} error={changing && wrong.to}>
          {() => (
            <Segmented
              label={t("share.right")}
              value={access}
              choices={given.map((value) => ({ value, label: t(`share.access.${value}`) }))}
              onChange={setAccess}
              testId="share.access"
            />
          )}
        </FieldFrame>
        <FieldFrame label={t("share.until")} error={wrong.until}>
          {(ids) => <Until ids={ids} value={until} onChange={setUntil} />}
        </FieldFrame>
      </div>
      <p className={styles.quiet}>{t("share.help")}</p>
      <div className={styles.buttons}>
        {changing && (
          <Button kind="quiet" onClick={onCancel} testId="share.cancel">
            {t("action.cancel")}
          </Button>
        )}
        <Button
          kind="primary"
          busy={busy}
          onClick={() => void send()}
          disabled={!to}
          blocked={blocked}
          testId="share.send"
        >
          {t(changing ? "share.save" : "share.action")}
        </Button>
      </div>
    </div>
  );
}

/** What of a refusal is about a part of the form. */
function wrongOf(refusal: unknown): { readonly to?: string; readonly until?: string } {
  const items = refusal instanceof Fault ? refusal.items : [];
  const of = (part: string) => items.find((one) => one.pointer.split("/")[1] === part)?.message;
  const [to, until] = [of("to"), of("until")];
  return { ...(to && { to }), ...(until && { until }) };
}

/** The kinds of recipients that the person knows of. */
function useKinds(): readonly RecipientKind[] {
  const catalog = useCatalog();
  const roles = useOptions(catalog.field("user", "roles"));
  return recipientKinds.filter((kind) =>
    kind === "role" ? Boolean(roles?.length) : catalog.object(kind),
  );
}

interface PickerProps {
  readonly kind: RecipientKind;
  readonly ids: ControlIds;
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
}

function Picker({ kind, ids, value, onChange }: PickerProps) {
  const { t } = useTranslation();
  const roles = useOptions(useCatalog().field("user", "roles")) ?? [];
  if (kind === "role") {
    return (
      <Select
        ids={ids}
        choices={roles.map((one) => ({ value: one.const, label: one.title ?? one.const }))}
        value={value}
        onChange={onChange}
        testId="share.to"
      />
    );
  }
  const field: Field = {
    name: "to",
    field: "lookup",
    title: t(`share.kind.${kind}`),
    target: kind,
    required: true,
  };
  const { Input } = lookOf(field);
  return (
    <Input
      field={field}
      ids={ids}
      value={value}
      onChange={(next) => onChange(next === null ? null : String(next))}
      testId="share.to"
    />
  );
}

function Until({ ids, value, onChange }: Omit<PickerProps, "kind">) {
  const { t } = useTranslation();
  const field: Field = {
    name: "until",
    field: "datetime",
    title: t("share.until"),
    required: false,
  };
  const { Input } = lookOf(field);
  return (
    <Input
      field={field}
      ids={ids}
      value={value}
      onChange={(next) => onChange(next === null ? null : String(next))}
      testId="share.until"
    />
  );
}
