import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { Icon } from "./icon";
import styles from "./tabs.module.css";

/** One of several panels of which one is seen. */
export interface Panel {
  readonly key: string;
  readonly label: string;
  /** What is wrong in it. */
  readonly fault?: string | undefined;
  readonly content: ReactNode;
}

interface TabPanelsProps {
  readonly label: string;
  /** Begins the ids of the tabs and of their panels. */
  readonly base: string;
  readonly panels: readonly Panel[];
  readonly current: string;
  readonly onChoose: (key: string) => void;
}

/**
 * Panels behind tabs. A panel is drawn when it is first seen and then stays, so that nothing in it is
 * lost; the arrows go from tab to tab.
 */
export function TabPanels({ label, base, panels, current, onChoose }: TabPanelsProps) {
  const list = useRef<HTMLDivElement>(null);
  const shown = panels.find((panel) => panel.key === current) ?? panels[0];
  const [seen, setSeen] = useState<readonly string[]>([]);
  if (shown && !seen.includes(shown.key)) setSeen([...seen, shown.key]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the tab that was chosen comes in sight
  useEffect(() => {
    list.current
      ?.querySelector("[aria-selected=true]")
      ?.scrollIntoView?.({ block: "nearest", inline: "nearest" });
  }, [shown?.key]);
  const press = (event: KeyboardEvent) => {
    const at = shown ? panels.indexOf(shown) : 0;
    const next = {
      ArrowRight: (at + 1) % panels.length,
      ArrowLeft: (at - 1 + panels.length) % panels.length,
      Home: 0,
      End: panels.length - 1,
    }[event.key];
    const key = next === undefined ? undefined : panels[next]?.key;
    if (key === undefined) return;
    event.preventDefault();
    onChoose(key);
    document.getElementById(`${base}-tab-${key}`)?.focus();
  };
  return (
    <>
      <div ref={list} role="tablist" aria-label={label} className={styles.list} onKeyDown={press}>
        {panels.map((panel) => (
          <button
            key={panel.key}
            type="button"
            role="tab"
            id={`${base}-tab-${panel.key}`}
            aria-selected={panel === shown}
            aria-controls={`${base}-panel-${panel.key}`}
            tabIndex={panel === shown ? 0 : -1}
            className={styles.tab}
            onClick={() => onChoose(panel.key)}
            data-testid={`tab.${panel.key}`}
          >
            {panel.label}
            {panel.fault && (
              <span className={styles.fault}>
                <Icon name="warning" />
                <span className="unseen">{panel.fault}</span>
              </span>
            )}
          </button>
        ))}
      </div>
      {panels.map((panel) => (
        <div
          key={panel.key}
          role="tabpanel"
          id={`${base}-panel-${panel.key}`}
          aria-labelledby={`${base}-tab-${panel.key}`}
          hidden={panel !== shown}
          className={styles.panel}
        >
          {seen.includes(panel.key) && panel.content}
        </div>
      ))}
    </>
  );
}
