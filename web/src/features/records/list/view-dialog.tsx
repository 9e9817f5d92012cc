import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { FieldFrame } from "@/components/field-frame";
import { TextInput } from "@/components/text-input";

const longestName = 100;

interface ViewDialogProps {
  readonly title: string;
  readonly save: string;
  readonly name: string;
  readonly onSave: (name: string) => void;
  readonly onClose: () => void;
}

/** Asks for the name of a view of one's own. */
export default function ViewDialog({ title, save, name, onSave, onClose }: ViewDialogProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(name);
  const wanted = typed.trim();
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (wanted) onSave(wanted);
  };
  return (
    <Dialog
      open
      title={title}
      onClose={onClose}
      testId="view.dialog"
      footer={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button kind="primary" disabled={!wanted} onClick={submit} testId="view.confirm">
            {save}
          </Button>
        </>
      }
    >
      <form onSubmit={submit}>
        <FieldFrame label={t("view.name")} help={t("view.onlyMine")}>
          {(ids) => (
            <TextInput
              ids={ids}
              value={typed}
              onChange={setTyped}
              maxLength={longestName}
              autoFocus
              testId="view.name"
            />
          )}
        </FieldFrame>
      </form>
    </Dialog>
  );
}
