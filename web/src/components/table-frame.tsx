import type { ReactNode } from "react";
import styles from "./table-frame.module.css";

/** A frame around a table that may be wider than the page; it scrolls, also by keyboard. */
export function TableFrame({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <section className={styles.frame} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
