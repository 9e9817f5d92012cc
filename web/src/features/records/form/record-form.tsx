import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Included, Value, Values } from "@/api/types";
import { Notice } from "@/components/notice";
import { isSaveKey } from "@/lib/submit-key";
import { useDuplicateHints } from "./duplicate-hints";
import type { FormFaults, Messages } from "./faults";
import styles from "./form.module.css";
import { FormEntry } from "./form-entry";
import { type FormField, type FormPart, fieldsOf } from "./form-model";
import { FormNews } from "./form-news";

/** How a form's fields may be used now. */
export interface FieldRules {
  readonly required: (item: FormField) => boolean;
  /** Why a field cannot be changed; undefined when it can. */
  readonly locked: (item: FormField) => string | undefined;
}

interface RecordFormProps {
  readonly object: string;
  /** The record that is changed; none when it is a new one. */
  readonly id?: string;
  readonly parts: readonly FormPart[];
  readonly rules: FieldRules;
  readonly values: Values;
  readonly included: Included | undefined;
  readonly faults: FormFaults;
  /** What is told about fields, such as why one was emptied. */
  readonly notes: Messages;
  /** Grows with each refused attempt, so that the summary takes the focus again. */
  readonly attempts: number;
  readonly first?: string | undefined;
  /** What ends the entry; without, something around the form does. */
  readonly buttons?: ReactNode;
  readonly onChange: (field: string, value: Value) => void;
  readonly onSave: (another: boolean) => void;
}

/** A record being entered: the form's sections, and above them what is wrong. */
export function RecordForm(props: RecordFormProps) {
  const { object, parts, values } = props;
  const { t } = useTranslation();
  const base = useId();
  const controlId = (field: string) => `${base}-${field}`;
  const hints = useDuplicateHints(object, props.id, values, parts);
  const press = (event: KeyboardEvent) => {
    if (!isSaveKey(event)) return;
    event.preventDefault();
    props.onSave(event.shiftKey);
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => event.preventDefault()}
      onKeyDown={press}
      aria-label={t("form.label")}
      data-testid={`form.${object}`}
      noValidate
    >
      <FaultSummary
        idOf={controlId}
        parts={parts}
        faults={props.faults}
        attempts={props.attempts}
      />
      {parts.map((part) => (
        <fieldset key={part.key} className={styles.part}>
          {part.title && (
            <legend className={styles.legend}>
              <h2>{part.title}</h2>
            </legend>
          )}
          <div className={styles.fields} data-columns={part.columns}>
            {part.fields.map((item) => (
              <FormEntry
                key={item.field.name}
                id={controlId(item.field.name)}
                object={object}
                item={item}
                span={Math.min(item.span, part.columns)}
                required={props.rules.required(item)}
                locked={props.rules.locked(item)}
                value={values[item.field.name] ?? null}
                depends={item.field.dependsOn && (values[item.field.dependsOn] ?? null)}
                included={props.included}
                error={props.faults.fields[item.field.name]}
                note={props.notes[item.field.name]}
                focus={props.first === item.field.name}
                hints={hints[item.field.name]}
                onChange={props.onChange}
              />
            ))}
          </div>
        </fieldset>
      ))}
      <FormNews count={fieldsOf(parts).length} notes={props.notes} hints={hints} />
      {props.buttons && <div className={styles.bar}>{props.buttons}</div>}
    </form>
  );
}

type SummaryProps = Pick<RecordFormProps, "parts" | "faults" | "attempts"> & {
  readonly idOf: (field: string) => string;
};

/** What is wrong, with a link to each field; it takes the focus when it appears. */
function FaultSummary({ idOf, parts, faults, attempts }: SummaryProps) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const wrong = fieldsOf(parts).filter((item) => faults.fields[item.field.name]);
  const count = wrong.length + faults.others.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refused attempt asks for attention
  useEffect(() => {
    if (count > 0) box.current?.focus();
  }, [attempts]);
  if (count === 0) return null;
  const go = (field: string) => document.getElementById(idOf(field))?.focus();
  return (
    <div ref={box} tabIndex={-1} className={styles.summary} data-testid="form.faults">
      <Notice tone="danger" title={t("form.notSaved", { count })}>
        <ul>
          {wrong.map(({ field }) => (
            <li key={field.name}>
              <a
                href={`#${idOf(field.name)}`}
                onClick={(event) => {
                  event.preventDefault();
                  go(field.name);
                }}
              >
                {t("form.faultOf", {
                  field: field.title,
                  message: faults.fields[field.name] ?? "",
                })}
              </a>
            </li>
          ))}
          {faults.others.map((message) => (
            <li key={message}>{message}</li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}
