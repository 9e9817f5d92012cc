import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import type { Values } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { FieldFrame } from "@/components/field-frame";
import { lookOf } from "@/kinds/field/kinds";
import type { ListRow } from "../list/use-rows";
import styles from "./move.module.css";
import type { Refusal } from "./use-moves";

interface FillDialogProps {
  readonly object: string;
  readonly row: ListRow;
  readonly refusal: Refusal;
  readonly title: string;
  readonly save: string;
  readonly onMove: (values: Values) => void;
  readonly onClose: () => void;
}

/** Asks for just what was missing, and tries again with it. */
export default function FillDialog({
  object,
  row,
  refusal,
  title,
  save,
  onMove,
  onClose,
}: FillDialogProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const fields = refusal.fields.flatMap((one): Field[] => {
    const field = catalog.field(object, one);
    return field?.can === "write" && !(one in refusal.values) ? [field] : [];
  });
  const [values, setValues] = useState<Values>(() =>
    Object.fromEntries(fields.map((field) => [field.name, row.record[field.name] ?? null])),
  );
  const dependsOn = (name: string) =>
    values[name] ?? refusal.values[name] ?? row.record[name] ?? null;
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    onMove({ ...refusal.values, ...values });
  };
  return (
    <Dialog
      open
      title={title}
      onClose={onClose}
      testId="move.dialog"
      footer={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button kind="primary" onClick={submit} testId="move.save">
            {save}
          </Button>
        </>
      }
    >
      <form className={styles.form} onSubmit={submit}>
        {refusal.reason && <p>{refusal.reason}</p>}
        {fields.map((field) => {
          const { Input } = lookOf(field);
          return (
            <FieldFrame key={field.name} label={field.title}>
              {(ids) => (
                <Input
                  field={field}
                  ids={ids}
                  value={values[field.name] ?? null}
                  depends={field.dependsOn && dependsOn(field.dependsOn)}
                  included={row.included}
                  onChange={(value) => setValues({ ...values, [field.name]: value })}
                  testId={`move.${field.name}`}
                />
              )}
            </FieldFrame>
          );
        })}
      </form>
    </Dialog>
  );
}
