import type { ReactNode } from "react";
import styles from "./radio-cards.module.css";

interface RadioCardsProps {
  readonly label: string;
  /** Whether the label is seen: where no title says the same. */
  readonly labelled?: boolean;
  readonly children: ReactNode;
}

/** A few choices that deserve more than a word each. */
export function RadioCards({ label, labelled = false, children }: RadioCardsProps) {
  return (
    <fieldset className={styles.cards}>
      <legend className={labelled ? styles.label : "unseen"}>{label}</legend>
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
