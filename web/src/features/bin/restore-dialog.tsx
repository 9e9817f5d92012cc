import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Fault } from "@/api/fault";
import { useCatalog } from "@/api/meta";
import type { Value, Values } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { lookOf } from "@/kinds/field/kinds";
import styles from "./bin.module.css";
import type { Conflict } from "./use-restore";

interface RestoreDialogProps {
  readonly conflict: Conflict;
  readonly onRestore: (values: Values) => unknown;
  readonly onSkip: () => unknown;
}

/** What is in the way of a record that comes back, and another value in its place. */
export function RestoreDialog({ conflict, onRestore, onSkip }: RestoreDialogProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const [values, setValues] = useState<Readonly<Record<string, Value>>>({});
  const { deletion, error } = conflict;
  const messages =
    error instanceof Fault
      ? Object.fromEntries(error.items.map((item) => [item.pointer.split("/")[1], item.message]))
      : {};
  const fields = conflict.fields.flatMap((name) => catalog.field(deletion.object, name) ?? []);
  return (
    <Dialog
      title={t("bin.conflict", { name: deletion.display })}
      open
      onClose={() => void onSkip()}
      testId="bin.conflict"
      footer={
        <>
          <Button kind="quiet" onClick={() => void onSkip()} testId="bin.skip">
            {t("bin.skip")}
          </Button>
          {fields.length > 0 && (
            <Button
              kind="primary"
              disabled={Object.keys(values).length === 0}
              onClick={() => void onRestore(values)}
              testId="bin.restoreWith"
            >
              {t("bin.restoreWith")}
            </Button>
          )}
        </>
      }
    >
      <div className={styles.form}>
        <Notice tone="warning">{faultText(error, t)}</Notice>
        {fields.map((field) => {
          const { Input } = lookOf(field);
          return (
            <FieldFrame key={field.name} label={field.title} error={messages[field.name]}>
              {(ids) => (
                <Input
                  field={field}
                  ids={ids}
                  value={values[field.name] ?? null}
                  depends={undefined}
                  included={undefined}
                  disabled={false}
                  onChange={(value) => setValues({ ...values, [field.name]: value })}
                  testId={`bin.value.${field.name}`}
                />
              )}
            </FieldFrame>
          );
        })}
      </div>
    </Dialog>
  );
}
