import { type ReactNode, useEffect, useRef } from "react";
import styles from "./checkbox.module.css";
import type { ControlIds } from "./field-frame";

interface CheckboxProps {
  readonly ids?: ControlIds;
  readonly label?: string;
  readonly checked: boolean;
  readonly some?: boolean;
  readonly disabled?: boolean;
  readonly unreachable?: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly testId?: string;
  readonly children?: ReactNode;
}

/** A box to tick; `some` shows it half ticked. */
export function Checkbox(props: CheckboxProps) {
  const { ids, checked, some = false } = props;
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) box.current.indeterminate = some && !checked;
  }, [some, checked]);
  return (
    <label className={styles.label}>
      <input
        ref={box}
        type="checkbox"
        id={ids?.id}
        aria-label={props.label}
        aria-describedby={ids?.describedBy}
        aria-invalid={ids?.invalid || undefined}
        checked={checked}
        disabled={props.disabled}
        tabIndex={props.unreachable ? -1 : undefined}
        data-testid={props.testId}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      {props.children}
    </label>
  );
}
