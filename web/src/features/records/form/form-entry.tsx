import { memo, useEffect, useRef } from "react";
import type { Included, Value } from "@/api/types";
import { FieldFrame } from "@/components/field-frame";
import { Icon } from "@/components/icon";
import { lookOf } from "@/kinds/field/kinds";
import { DuplicateHints, type Hints } from "./duplicate-hints";
import type { Messages } from "./faults";
import styles from "./form.module.css";
import type { FormField } from "./form-model";

interface FormEntryProps {
  readonly id: string;
  readonly object: string;
  readonly item: FormField;
  readonly span: number;
  /** Whether its name stands above already. */
  readonly named: boolean;
  readonly required: boolean;
  readonly locked: string | undefined;
  readonly value: Value;
  readonly depends: Value | undefined;
  readonly included: Included | undefined;
  readonly error: string | undefined;
  /** What is wrong within its value. */
  readonly faults: Messages | undefined;
  /** What happened to its value by itself. */
  readonly note: string | undefined;
  readonly focus: boolean;
  /** The records that its value says this may be a second one of. */
  readonly hints: Hints[string] | undefined;
  readonly onChange: (field: string, value: Value) => void;
}

/** One field of a form: its label, its control, and what is said about it. */
export const FormEntry = memo(function FormEntry(props: FormEntryProps) {
  const { id, item, value, locked } = props;
  const { field } = item;
  const { Input } = lookOf(field);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (props.focus)
      place.current?.querySelector<HTMLElement>("input, textarea, [contenteditable]")?.focus();
  }, [props.focus]);
  return (
    <div ref={place} className={styles.entry} data-span={props.span} data-field={field.name}>
      <FieldFrame
        id={id}
        label={field.title}
        named={props.named}
        required={props.required}
        help={item.help}
        error={props.error}
        locked={locked}
        testId={`form.${props.object}.field.${field.name}`}
      >
        {(ids) => (
          <Input
            field={field}
            ids={ids}
            value={value}
            depends={props.depends}
            included={props.included}
            faults={props.faults}
            disabled={locked !== undefined}
            onChange={(next) => props.onChange(field.name, next)}
            testId={`field.${field.name}`}
          />
        )}
      </FieldFrame>
      {props.note && (
        <p className={styles.note} data-testid={`form.note.${field.name}`}>
          <Icon name="info" />
          {props.note}
        </p>
      )}
      <DuplicateHints object={props.object} hints={props.hints} />
    </div>
  );
});
