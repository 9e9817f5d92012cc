import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";
import { Tabs } from "@/components/tabs";
import { useTitle } from "@/components/use-title";
import styles from "./settings.module.css";

const pages = ["profile", "keys"] as const;

/** What every page of settings stands in. */
export function SettingsFrame({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const { pathname } = useLocation();
  useTitle(t("settings.title"));
  const tabs = pages.map((page) => ({
    key: page,
    label: t(`settings.${page}`),
    to: `/settings/${page}`,
    current: pathname === `/settings/${page}`,
  }));
  return (
    <div className={styles.page} data-testid="settings">
      <header className={styles.header}>
        <h1>{t("settings.title")}</h1>
        <Tabs label={t("settings.title")} tabs={tabs} />
      </header>
      {children}
    </div>
  );
}
