import type { ReactNode } from "react";
import styles from "./tag.module.css";

/** A short word on a hue; the hue is a name, never a colour. */
export function Tag({ hue = "slate", children }: { hue?: string; children: ReactNode }) {
  return (
    <span className={styles.tag} data-hue={hue}>
      {children}
    </span>
  );
}
