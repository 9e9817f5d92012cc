import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { FieldFrame } from "@/components/field-frame";
import { TextInput } from "@/components/text-input";
import styles from "./import.module.css";

/** A text that is replaced in its whole column. */
export interface Replacing {
  readonly field: Field;
  readonly value: string;
}

interface ReplaceDialogProps {
  readonly replacing: Replacing;
  readonly onReplace: (text: string | null) => void;
  readonly onClose: () => void;
}

/** Asks what all cells of a column that say one thing are to say instead. */
export function ReplaceDialog({ replacing, onReplace, onClose }: ReplaceDialogProps) {
  const { t } = useTranslation();
  const { field, value } = replacing;
  const [text, setText] = useState(value);
  const form = useId();
  const replace = () => {
    onReplace(text.trim() === "" ? null : text);
    onClose();
  };
  return (
    <Dialog
      open
      title={t("import.replaceTitle", { field: field.title })}
      onClose={onClose}
      testId="import.replace"
      footer={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button
            kind="primary"
            disabled={text === value}
            onClick={replace}
            testId="import.replaceAll"
          >
            {t("import.replaceAll")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className={styles.replace}
        onSubmit={(event) => {
          event.preventDefault();
          if (text !== value) replace();
        }}
      >
        <p>{value === "" ? t("import.replaceEmpty") : t("import.replaceText", { value })}</p>
        <FieldFrame label={t("import.replaceWith")} help={t("import.replaceHelp")}>
          {(ids) => (
            <TextInput
              ids={ids}
              value={text}
              onChange={setText}
              autoFocus
              testId="import.replaceWith"
            />
          )}
        </FieldFrame>
      </form>
    </Dialog>
  );
}
