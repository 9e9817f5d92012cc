import { type DragEvent, useId, useState } from "react";
import styles from "./file-drop.module.css";
import { Icon } from "./icon";

interface FileDropProps {
  readonly label: string;
  readonly hint: string;
  readonly accept: string;
  readonly disabled?: boolean;
  readonly onFile: (file: File) => void;
}

/** A place to drop a file on, or to choose one. */
export function FileDrop({ label, hint, accept, disabled, onFile }: FileDropProps) {
  const id = useId();
  const [over, setOver] = useState(false);
  const take = (files: FileList | null) => {
    const file = files?.item(0);
    if (file && !disabled) onFile(file);
  };
  const drag = (event: DragEvent, inside: boolean) => {
    event.preventDefault();
    setOver(inside);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the input is the first
    <div
      className={styles.drop}
      data-over={over}
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
        accept={accept}
        disabled={disabled}
        data-testid="file"
        onChange={(event) => {
          take(event.target.files);
          event.target.value = "";
        }}
      />
      <label className={styles.label} htmlFor={id}>
        <Icon name="upload" large />
        <span>{label}</span>
      </label>
      <p className={styles.hint}>{hint}</p>
    </div>
  );
}
