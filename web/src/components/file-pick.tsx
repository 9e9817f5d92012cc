import { type DragEvent, useId, useState } from "react";
import type { ControlIds } from "./field-frame";
import styles from "./files.module.css";
import { Icon } from "./icon";

interface FilePickProps {
  readonly ids?: ControlIds;
  readonly label?: string;
  /** What it says. */
  readonly text: string;
  /** What it says below, where it is a large place of its own. */
  readonly hint?: string;
  readonly accept?: string;
  readonly multiple: boolean;
  readonly disabled?: boolean;
  readonly testId?: string;
  readonly onFiles: (files: readonly File[]) => void;
}

/** A place to drop files on, or to choose them. */
export function FilePick(props: FilePickProps) {
  const { ids, label, text, hint, multiple, disabled = false, onFiles } = props;
  const made = useId();
  const id = ids?.id ?? made;
  const [over, setOver] = useState(false);
  const take = (list: FileList | null) => {
    const files = Array.from(list ?? []).slice(0, multiple ? undefined : 1);
    if (files.length > 0 && !disabled) onFiles(files);
  };
  const drag = (event: DragEvent, inside: boolean) => {
    event.preventDefault();
    setOver(inside && !disabled);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the input is the first
    <div
      className={styles.pick}
      data-large={hint !== undefined}
      data-over={over}
      data-invalid={ids?.invalid ?? false}
      data-disabled={disabled}
      onDragOver={(event) => drag(event, true)}
      onDragLeave={(event) => drag(event, false)}
      onDrop={(event) => {
        drag(event, false);
        take(event.dataTransfer.files);
      }}
    >
      <input
        id={id}
        className={styles.input}
        type="file"
        accept={props.accept}
        multiple={multiple}
        disabled={disabled}
        aria-label={label}
        aria-describedby={ids?.describedBy}
        aria-invalid={ids?.invalid || undefined}
        data-testid={props.testId}
        onChange={(event) => {
          take(event.target.files);
          event.target.value = "";
        }}
      />
      <label className={styles.choose} htmlFor={id}>
        <Icon name="upload" large={hint !== undefined} />
        <span>{text}</span>
      </label>
      {hint && <p className={styles.hint}>{hint}</p>}
    </div>
  );
}
