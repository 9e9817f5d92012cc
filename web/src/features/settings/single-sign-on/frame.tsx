import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Icon } from "@/components/icon";
import { useTitle } from "@/components/use-title";
import styles from "./single-sign-on.module.css";

interface FrameProps {
  readonly title: string;
  /** Whether it is one provider's page, from which a way leads back. */
  readonly inner?: boolean;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** What the pages of single sign-on stand in. */
export function Frame({ title, inner = false, actions, children }: FrameProps) {
  const { t } = useTranslation();
  useTitle(title);
  return (
    <div className={styles.page} data-testid="sso">
      <nav aria-label={t("sso.where")} className={styles.where}>
        <Link to={inner ? "/settings/single-sign-on" : "/settings/people"} data-testid="sso.back">
          <Icon name="chevron-left" />
          {inner ? t("sso.title") : t("people.title")}
        </Link>
      </nav>
      <header className={styles.header}>
        <h1>{title}</h1>
        {actions}
      </header>
      {children}
    </div>
  );
}
