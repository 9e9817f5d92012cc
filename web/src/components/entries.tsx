import type { ReactNode } from "react";
import styles from "./entries.module.css";

/** Things one below the other, each with what is known of it and what may be done about it. */
export function Entries({ testId, children }: { testId?: string; children: ReactNode }) {
  return (
    <ul className={styles.entries} data-testid={testId}>
      {children}
    </ul>
  );
}

interface EntryProps {
  readonly title: ReactNode;
  /** What stands below the title, smaller. */
  readonly below?: ReactNode;
  /** What is known of it, beside the title where there is room. */
  readonly facts?: ReactNode;
  readonly testId?: string;
  /** What may be done about it. */
  readonly children?: ReactNode;
}

/** One of them. */
export function Entry({ title, below, facts, testId, children }: EntryProps) {
  return (
    <li className={styles.entry} data-testid={testId}>
      <span className={styles.title}>
        {title}
        {below && <span className={styles.below}>{below}</span>}
      </span>
      {facts && <span className={styles.facts}>{facts}</span>}
      {children}
    </li>
  );
}
