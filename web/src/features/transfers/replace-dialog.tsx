import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { FieldFrame } from "@/components/field-frame";
import { Select } from "@/components/select";
import { TextInput } from "@/components/text-input";
import { choicesOf } from "@/kinds/field/select";
import styles from "./import.module.css";
import { LinkChoice, type LinkMeaning, linkTarget } from "./link-choice";

/** A text that is replaced in its whole column. */
export interface Replacing {
  readonly field: Field;
  readonly value: string;
}

/** What it becomes: a text, nothing, or a record that is made. */
export type Replacement = { readonly with: string | null } | { readonly create: true };

interface ReplaceDialogProps {
  readonly replacing: Replacing;
  readonly onReplace: (become: Replacement) => void;
  readonly onClose: () => void;
}

/** Asks what all cells of a column that say one thing are to say instead. */
export function ReplaceDialog({ replacing, onReplace, onClose }: ReplaceDialogProps) {
  const { t } = useTranslation();
  const { field, value } = replacing;
  const [become, setBecome] = useState<Replacement | null>(null);
  const replace = () => {
    if (!become) return;
    onReplace(become);
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
          <Button kind="primary" disabled={!become} onClick={replace} testId="import.replaceAll">
            {t("import.replaceAll")}
          </Button>
        </>
      }
    >
      <form
        className={styles.replace}
        onSubmit={(event) => {
          event.preventDefault();
          replace();
        }}
      >
        <p>{value === "" ? t("import.replaceEmpty") : t("import.replaceText", { value })}</p>
        <Become field={field} value={value} become={become} onChange={setBecome} />
      </form>
    </Dialog>
  );
}

interface BecomeProps extends Replacing {
  readonly become: Replacement | null;
  readonly onChange: (become: Replacement | null) => void;
}

// No option can be named so: names begin with a letter.
const nothing = "-";

/** The new value: a record, an option or a text, as the field has it. */
function Become({ field, value, become, onChange }: BecomeProps) {
  const { t } = useTranslation();
  const text = become && "with" in become ? become.with : null;
  if (linkTarget(field) !== null) {
    return (
      <LinkChoice
        field={field}
        name={value}
        value={become && meaningOf(become)}
        onChange={(meaning) => onChange(meaning && replacementOf(meaning))}
        testId="import.replaceWith"
      />
    );
  }
  if (field.oneOf) {
    return (
      <Select
        label={t("import.optionFor", { value })}
        value={become && (text ?? nothing)}
        choices={[{ value: nothing, label: t("import.empty") }, ...choicesOf(field)]}
        onChange={(choice) => {
          onChange(choice === null ? null : { with: choice === nothing ? null : choice });
        }}
        testId="import.replaceWith"
      />
    );
  }
  return (
    <FieldFrame label={t("import.replaceWith")} help={t("import.replaceHelp")}>
      {(ids) => (
        <TextInput
          ids={ids}
          value={become ? (text ?? "") : value}
          onChange={(typed) => onChange({ with: typed.trim() === "" ? null : typed })}
          autoFocus
          testId="import.replaceWith"
        />
      )}
    </FieldFrame>
  );
}

function replacementOf(meaning: LinkMeaning): Replacement {
  if ("create" in meaning) return { create: true };
  return { with: "record" in meaning ? meaning.record : null };
}

function meaningOf(become: Replacement): LinkMeaning {
  if ("create" in become) return { create: true };
  return become.with === null ? { empty: true } : { record: become.with };
}
