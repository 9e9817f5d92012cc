import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { ObjectDefinition } from "@/api/definitions";
import { keys } from "@/api/keys";
import { pluralOf, useCatalog } from "@/api/meta";
import type { Value } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { ProgressBar } from "@/components/progress-bar";
import { Select } from "@/components/select";
import { useFormat } from "@/components/use-format";
import { lookOf } from "@/kinds/field/kinds";
import { inSentence } from "@/lib/words";
import { findLacks } from "../form/faults";
import styles from "./bulk.module.css";
import { Reasons } from "./bulk-report";
import type { Bulk } from "./use-bulk";
import { type Rehearsal, useRehearsal } from "./use-rehearsal";
import { type BulkTask, findScope, type Scope, touched } from "./work";

interface BulkDialogProps {
  readonly object: ObjectDefinition;
  readonly kind: BulkTask["kind"];
  readonly scope: Scope;
  readonly count: number;
  readonly bulk: Bulk;
  readonly onClose: () => void;
}

/** Says what will happen to many records before it does: which field, which value, how many. */
export default function BulkDialog(props: BulkDialogProps) {
  const { object, kind, scope, bulk, onClose } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const fields = catalog.fields(object.name).filter(changeable);
  const [name, setName] = useState<string | null>(null);
  const [value, setValue] = useState<Value>(null);
  const field = fields.find((one) => one.name === name);
  const found = useQuery({
    queryKey: keys.page(object.name, "bulk", scope, name),
    queryFn: ({ signal }) => findScope(object.name, scope, name ?? undefined, signal),
    enabled: kind === "delete" || name !== null,
    gcTime: 0,
    staleTime: 0,
  });
  const task: BulkTask =
    kind === "update" ? { kind, field: name ?? "", value } : { kind: "delete" };
  const lack = field && lackOf(field, value);
  const ready = found.data && (kind === "delete" || (field && !lack));
  const records = ready ? touched(found.data, task) : [];
  const rehearsal = useRehearsal(object.name, ready ? records : null, found.dataUpdatedAt, task);
  const begin = () => {
    bulk.run(records, task);
    onClose();
  };
  const n = (count: number) => ({ count, n: format.number(count) });
  return (
    <Dialog
      open
      title={t(`bulk.title.${kind}`, {
        ...n(props.count),
        objects: inSentence(pluralOf(object)),
      })}
      onClose={onClose}
      testId="bulk"
      footer={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button
            kind={kind === "delete" ? "danger" : "primary"}
            disabled={!rehearsal.result?.changed}
            busy={found.isFetching || rehearsal.checking}
            onClick={begin}
            testId="bulk.start"
          >
            {t(`bulk.start.${kind}`)}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {kind === "update" && (
          <FieldFrame label={t("bulk.field")}>
            {(ids) => (
              <Select
                ids={ids}
                choices={fields.map((one) => ({ value: one.name, label: one.title }))}
                value={name}
                onChange={(next) => {
                  setName(next);
                  setValue(null);
                }}
                testId="bulk.field"
              />
            )}
          </FieldFrame>
        )}
        {field && (
          <ValueEntry
            key={field.name}
            field={field}
            value={value}
            error={value !== null && lack ? t(`form.fault.${lack}`) : undefined}
            onChange={setValue}
          />
        )}
        {found.isError && <Notice tone="danger">{faultText(found.error, t)}</Notice>}
        {rehearsal.error !== null && <Notice tone="danger">{faultText(rehearsal.error, t)}</Notice>}
        {ready && (
          <Preview
            object={object.name}
            kind={kind}
            same={found.data.length - records.length}
            rehearsal={rehearsal}
          />
        )}
      </div>
    </Dialog>
  );
}

interface PreviewProps {
  readonly kind: BulkTask["kind"];
  /** How many records have the value already. */
  readonly object: string;
  readonly same: number;
  readonly rehearsal: Rehearsal;
}

/** What would happen: how many records change, how many are blocked, and why. */
function Preview({ object, kind, same, rehearsal }: PreviewProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { result, progress } = rehearsal;
  const n = (count: number) => ({ count, n: format.number(count) });
  if (!result) {
    const { done, total } = progress;
    const text = t("progress", { done: format.number(done), total: format.number(total) });
    return (
      <div className={styles.checking} role="status" data-testid="bulk.checking">
        <span>{t("bulk.checking")}</span>
        <ProgressBar label={t("bulk.checking")} done={done} total={total} text={text} />
        <span>{text}</span>
      </div>
    );
  }
  const blocked = result.done - result.changed;
  return (
    <Notice
      tone={blocked > 0 ? "warning" : "info"}
      title={t(`bulk.will.${kind}`, n(result.changed))}
      testId="bulk.preview"
    >
      {same > 0 && <p>{t("bulk.same", n(same))}</p>}
      {blocked > 0 && (
        <>
          <p>{t("bulk.wouldBlock", n(blocked))}</p>
          <Reasons object={object} blocked={result.blocked} />
        </>
      )}
      <p>{t("bulk.canUndo")}</p>
    </Notice>
  );
}

interface ValueEntryProps {
  readonly field: Field;
  readonly value: Value;
  readonly error: string | undefined;
  readonly onChange: (value: Value) => void;
}

function ValueEntry({ field, value, error, onChange }: ValueEntryProps) {
  const { t } = useTranslation();
  const { Input } = lookOf(field);
  const required = Boolean(field.required);
  return (
    <FieldFrame
      label={t("bulk.value", { field: field.title })}
      required={required}
      error={error}
      help={required ? undefined : t("bulk.emptyValue")}
    >
      {(ids) => (
        <Input field={field} ids={ids} value={value} onChange={onChange} testId="bulk.value" />
      )}
    </FieldFrame>
  );
}

function lackOf(field: Field, value: Value) {
  const item = {
    field,
    span: 1,
    help: undefined,
    showIf: undefined,
    readOnlyIf: undefined,
    requiredIf: undefined,
  };
  return findLacks([item], { [field.name]: value }, () => Boolean(field.required))[field.name];
}

/** Fields whose value can be the same in many records. */
function changeable(field: Field): boolean {
  const given = field.can === "write" && field.writable !== false && !field.as;
  return given && field.field !== "autonumber" && !lookOf(field).large;
}
