import type { ReactNode } from "react";
import styles from "./empty-state.module.css";
import { Icon, type IconName } from "./icon";

interface EmptyStateProps {
  readonly icon?: IconName;
  readonly title: string;
  readonly heading?: "h1" | "h2";
  readonly testId?: string;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

/** Nothing to show: why, and what to do about it. */
export function EmptyState(props: EmptyStateProps) {
  const Heading = props.heading ?? "h2";
  return (
    <div className={styles.state} data-testid={props.testId}>
      {props.icon && (
        <span className={styles.picture}>
          <Icon name={props.icon} large />
        </span>
      )}
      <Heading className={styles.title}>{props.title}</Heading>
      {props.children && <div className={styles.words}>{props.children}</div>}
      {props.actions && <div className={styles.actions}>{props.actions}</div>}
    </div>
  );
}
