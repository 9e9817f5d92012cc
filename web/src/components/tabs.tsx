import { useEffect, useRef } from "react";
import { Link } from "react-router";
import { Icon, type IconName } from "./icon";
import styles from "./tabs.module.css";

/** A page of a set, at its own address. */
export interface Tab {
  readonly key: string;
  readonly label: string;
  readonly icon?: IconName | undefined;
  readonly to: string;
  readonly current: boolean;
  /** A word for a mark beside the label. */
  readonly mark?: string | undefined;
}

/** Links between pages of one set, such as the views of an object. */
export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  const nav = useRef<HTMLElement>(null);
  const current = tabs.find((tab) => tab.current)?.key;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tab that has become the current one comes in sight
  useEffect(() => {
    nav.current
      ?.querySelector("[aria-current]")
      ?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [current]);
  return (
    <nav ref={nav} aria-label={label} className={styles.tabs}>
      {tabs.map((tab) => (
        <Link
          key={tab.key}
          to={tab.to}
          className={styles.tab}
          aria-current={tab.current ? "page" : undefined}
          data-testid={`tab.${tab.key}`}
        >
          {tab.icon && <Icon name={tab.icon} />}
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
