import type { ReactNode } from "react";
import { Brand } from "@/components/brand";
import { LanguageSwitch } from "@/components/language-switch";
import styles from "./session.module.css";

/** A page for who is not signed in. */
export function CardPage({ children }: { children: ReactNode }) {
  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <Brand />
        <LanguageSwitch />
      </header>
      <main className={styles.card}>{children}</main>
    </div>
  );
}
