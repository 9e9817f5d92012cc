import styles from "./progress-bar.module.css";

interface ProgressBarProps {
  readonly label: string;
  readonly done: number;
  readonly total: number;
  /** The progress in words. */
  readonly text: string;
}

/** How far something has come. */
export function ProgressBar({ label, done, total, text }: ProgressBarProps) {
  const share = total > 0 ? Math.min(1, done / total) : 0;
  return (
    <div
      className={styles.bar}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
      aria-valuetext={text}
    >
      <span className={styles.done} style={{ transform: `scaleX(${share})` }} />
    </div>
  );
}
