import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { Value, Values } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { FieldFrame } from "@/components/field-frame";
import { useFormat } from "@/components/use-format";
import { lookOf } from "@/kinds/field/kinds";
import { civilDate } from "@/lib/format";
import { type Entry, valuesOn } from "./model";

interface MoveDialogProps {
  readonly entry: Entry;
  readonly name: string;
  readonly start: Field;
  readonly end: Field | undefined;
  readonly onMove: (values: Values, day: string) => void;
  readonly onClose: () => void;
}

/** Moves an entry by naming its day: what dragging does, for everybody. */
export default function MoveDialog({ entry, name, start, end, onMove, onClose }: MoveDialogProps) {
  const { t } = useTranslation();
  const { timezone } = useFormat().reader;
  const [value, setValue] = useState<Value>(entry.row.record[start.name] ?? null);
  const { Input } = lookOf(start);
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (typeof value !== "string") return;
    const day = start.field === "datetime" ? civilDate(value, timezone) : value;
    onMove({ ...valuesOn(entry, day, start, end, timezone), [start.name]: value }, day);
  };
  return (
    <Dialog
      open
      title={t("calendar.moveOf", { name })}
      onClose={onClose}
      testId="calendar.dialog"
      footer={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button
            kind="primary"
            disabled={typeof value !== "string"}
            onClick={submit}
            testId="calendar.save"
          >
            {t("move.again")}
          </Button>
        </>
      }
    >
      <form onSubmit={submit}>
        <FieldFrame label={start.title}>
          {(ids) => (
            <Input
              field={start}
              ids={ids}
              value={value}
              onChange={setValue}
              testId="calendar.date"
            />
          )}
        </FieldFrame>
      </form>
    </Dialog>
  );
}
