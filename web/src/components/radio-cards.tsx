import type { ReactNode } from "react";
import styles from "./radio-cards.module.css";

/** A few choices that deserve more than a word each. */
export function RadioCards({ label, children }: { label: string; children: ReactNode }) {
  return (
    <fieldset className={styles.cards}>
      <legend className="unseen">{label}</legend>
      {children}
    </fieldset>
  );
}

interface RadioCardProps {
  readonly name: string;
  readonly title: string;
  readonly lang?: string;
  readonly checked: boolean;
  /** Whether several may be chosen. */
  readonly many?: boolean;
  readonly testId?: string;
  readonly onChoose: () => void;
  readonly children?: ReactNode;
}

/** One of the choices. */
export function RadioCard(props: RadioCardProps) {
  return (
    <label className={styles.card} data-checked={props.checked}>
      <input
        type={props.many ? "checkbox" : "radio"}
        name={props.name}
        checked={props.checked}
        onChange={props.onChoose}
        data-testid={props.testId}
      />
      <span className={styles.words}>
        <span className={styles.title} lang={props.lang}>
          {props.title}
        </span>
        {props.children && <span className={styles.text}>{props.children}</span>}
      </span>
    </label>
  );
}
