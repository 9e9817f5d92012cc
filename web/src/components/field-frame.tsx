import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import styles from "./field-frame.module.css";
import { Icon } from "./icon";

/** What a control must carry to belong to its label, its help and its error. */
export interface ControlIds {
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
  readonly required: boolean;
}

interface FieldFrameProps {
  readonly label: string;
  /** Whether the label stands above already, and is for screen readers only. */
  readonly named?: boolean;
  readonly id?: string;
  readonly required?: boolean;
  readonly help?: string | undefined;
  readonly error?: string | undefined;
  /** Why the value cannot be changed. */
  readonly locked?: string | undefined;
  readonly testId?: string;
  readonly children: (ids: ControlIds) => ReactNode;
}

/** A control with a label that is always visible, and what else is said about it. */
export function FieldFrame(props: FieldFrameProps) {
  const { label, required = false, help, error, locked } = props;
  const { t } = useTranslation();
  const made = useId();
  const id = props.id ?? made;
  const notes = [error && `${id}-error`, locked && `${id}-locked`, help && `${id}-help`];
  const describedBy = notes.filter(Boolean).join(" ") || undefined;
  return (
    <div className={styles.frame} data-testid={props.testId}>
      <label className={props.named ? "unseen" : styles.label} htmlFor={id} id={`${id}-label`}>
        {label}
        {required && <span className={styles.mark}>{t("form.required")}</span>}
      </label>
      {props.children({ id, describedBy, invalid: Boolean(error), required })}
      {error && (
        <p className={styles.error} id={`${id}-error`}>
          <Icon name="warning" />
          {error}
        </p>
      )}
      {locked && (
        <p className={styles.reason} id={`${id}-locked`}>
          <Icon name="lock" />
          {locked}
        </p>
      )}
      {help && (
        <p className={styles.help} id={`${id}-help`}>
          {help}
        </p>
      )}
    </div>
  );
}
