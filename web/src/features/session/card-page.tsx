import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { brandQuery } from "@/api/organisation";
import { Brand } from "@/components/brand";
import { LanguageSwitch } from "@/components/language-switch";
import styles from "./session.module.css";

/** A page for who is not signed in. */
export function CardPage({ children }: { children: ReactNode }) {
  const { data: door } = useQuery(brandQuery);
  return (
    <div className={styles.page}>
      <header className={styles.top}>
        <Brand />
        {door && !door.brand.name && <span className={styles.organisation}>{door.name}</span>}
        <LanguageSwitch />
      </header>
      <main className={styles.card}>{children}</main>
    </div>
  );
}
