import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Included, Value, Values } from "@/api/types";
import { Notice } from "@/components/notice";
import { isSaveKey } from "@/lib/submit-key";
import type { FormFaults } from "./faults";
import styles from "./form.module.css";
import { FormEntry } from "./form-entry";
import { type FormField, type FormPart, fieldsOf } from "./form-model";

/** How a form's fields may be used now. */
export interface FieldRules {
  readonly required: (item: FormField) => boolean;
  /** Why a field cannot be changed; undefined when it can. */
  readonly locked: (item: FormField) => string | undefined;
}

interface RecordFormProps {
  readonly object: string;
  readonly parts: readonly FormPart[];
  readonly rules: FieldRules;
  readonly values: Values;
  readonly included: Included | undefined;
  readonly faults: FormFaults;
  /** Grows with each refused attempt, so that the summary takes the focus again. */
  readonly attempts: number;
  readonly first?: string | undefined;
  readonly buttons: ReactNode;
  readonly onChange: (field: string, value: Value) => void;
  readonly onSave: (another: boolean) => void;
}

/** The id of a field's control. */
function controlId(object: string, field: string): string {
  return `field-${object}-${field}`;
}

/** A record being entered: the form's sections, and above them what is wrong. */
export function RecordForm(props: RecordFormProps) {
  const { object, parts } = props;
  const { t } = useTranslation();
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
      <FaultSummary object={object} parts={parts} faults={props.faults} attempts={props.attempts} />
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
                id={controlId(object, item.field.name)}
                object={object}
                item={item}
                span={Math.min(item.span, part.columns)}
                required={props.rules.required(item)}
                locked={props.rules.locked(item)}
                value={props.values[item.field.name] ?? null}
                depends={item.field.dependsOn && (props.values[item.field.dependsOn] ?? null)}
                included={props.included}
                error={props.faults.fields[item.field.name]}
                focus={props.first === item.field.name}
                onChange={props.onChange}
              />
            ))}
          </div>
        </fieldset>
      ))}
      <ShownNews count={fieldsOf(parts).length} />
      <div className={styles.bar}>{props.buttons}</div>
    </form>
  );
}

type SummaryProps = Pick<RecordFormProps, "object" | "parts" | "faults" | "attempts">;

/** What is wrong, with a link to each field; it takes the focus when it appears. */
function FaultSummary({ object, parts, faults, attempts }: SummaryProps) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const wrong = fieldsOf(parts).filter((item) => faults.fields[item.field.name]);
  const count = wrong.length + faults.others.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each refused attempt asks for attention
  useEffect(() => {
    if (count > 0) box.current?.focus();
  }, [attempts]);
  if (count === 0) return null;
  const go = (field: string) => document.getElementById(controlId(object, field))?.focus();
  return (
    <div ref={box} tabIndex={-1} className={styles.summary} data-testid="form.faults">
      <Notice tone="danger" title={t("form.notSaved", { count })}>
        <ul>
          {wrong.map(({ field }) => (
            <li key={field.name}>
              <a
                href={`#${controlId(object, field.name)}`}
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

/** Says how many fields a condition has shown or hidden. */
function ShownNews({ count }: { count: number }) {
  const { t } = useTranslation();
  const [before, setBefore] = useState(count);
  const [news, setNews] = useState("");
  if (before !== count) {
    setBefore(count);
    const difference = Math.abs(count - before);
    setNews(t(count > before ? "form.shown" : "form.hidden", { count: difference }));
  }
  return (
    <p className="unseen" role="status" data-testid="form.news">
      {news}
    </p>
  );
}
