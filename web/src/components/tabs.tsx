import { Link } from "react-router";
import styles from "./tabs.module.css";

/** A page of a set, at its own address. */
export interface Tab {
  readonly key: string;
  readonly label: string;
  readonly to: string;
  readonly current: boolean;
  /** A word for a mark beside the label. */
  readonly mark?: string | undefined;
}

/** Links between pages of one set, such as the views of an object. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav aria-label={label} className={styles.tabs}>
      {tabs.map((tab) => (
        <Link
          key={tab.key}
          to={tab.to}
          className={styles.tab}
          aria-current={tab.current ? "page" : undefined}
          data-testid={`tab.${tab.key}`}
        >
          {tab.label}
          {tab.mark && (
            <span className={styles.mark} title={tab.mark}>
              <span className="unseen">{tab.mark}</span>
            </span>
          )}
        </Link>
      ))}
    </nav>
  );
}
