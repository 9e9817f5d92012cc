import { useId } from "react";
import styles from "./chips.module.css";

/** One of a few choices. */
export interface Chip {
  readonly value: string;
  readonly label: string;
}

interface ChipsProps {
  readonly label: string;
  readonly chips: readonly Chip[];
  readonly value: string | null;
  /** Chosen again, a chip is let go where nothing may be chosen. */
  readonly optional?: boolean;
  readonly onChange: (value: string | null) => void;
  readonly testId?: string;
}

/** A few choices side by side, of which one holds; the arrow keys go through them. */
export function Chips({ label, chips, value, optional = false, onChange, testId }: ChipsProps) {
  const name = useId();
  return (
    <fieldset className={styles.chips} data-testid={testId}>
      <legend>{label}</legend>
      {chips.map((chip) => (
        <label key={chip.value} className={styles.chip}>
          <input
            type="radio"
            name={name}
            className={styles.radio}
            checked={value === chip.value}
            onChange={() => onChange(chip.value)}
            onClick={() => optional && value === chip.value && onChange(null)}
            data-testid={testId && `${testId}.${chip.value}`}
          />
          <span className={styles.face}>{chip.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
