import { useQuery } from "@tanstack/react-query";
import type { MouseEvent } from "react";
import { useTranslation } from "react-i18next";
import { organisationQuery } from "@/api/organisation";
import { useMe } from "@/api/session";
import type { Organisation } from "@/api/types";
import { FaultView, Missing } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import { useTitle } from "@/components/use-title";
import { BrandBlock } from "./brand-block";
import { FiscalBlock } from "./fiscal-block";
import { GeneralBlock } from "./general-block";
import { LanguagesBlock } from "./languages-block";
import { MoneyBlock } from "./money-block";
import styles from "./organisation.module.css";

const subjects = ["general", "languages", "money", "fiscal", "brand"] as const;

/** What the settings of the organisation are about, a block for each. */
export type Subject = (typeof subjects)[number];

/** By which rules the whole organisation works. */
export default function OrganisationPage() {
  return useMe().abilities.includes("manage_organisation") ? <Settings /> : <Missing />;
}

function Settings() {
  const { t } = useTranslation();
  const found = useQuery(organisationQuery);
  useTitle(t("organisation.title"));
  return (
    <div className={styles.page} data-testid="org">
      <header>
        <h1>{t("organisation.title")}</h1>
      </header>
      {found.isPending && <Skeleton lines={6} />}
      {found.isError && <FaultView error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <Blocks settings={found.data} />}
    </div>
  );
}

function Blocks({ settings }: { settings: Organisation }) {
  return (
    <div className={styles.columns}>
      <Anchors />
      <div className={styles.blocks}>
        <GeneralBlock settings={settings} />
        <LanguagesBlock settings={settings} />
        <MoneyBlock settings={settings} />
        <FiscalBlock settings={settings} />
        <BrandBlock settings={settings} />
      </div>
    </div>
  );
}

/** The way to each block. */
function Anchors() {
  const { t } = useTranslation();
  const go = (event: MouseEvent, subject: Subject) => {
    event.preventDefault();
    const heading = document.getElementById(subject);
    heading?.scrollIntoView({ block: "start" });
    heading?.focus({ preventScroll: true });
  };
  return (
    <nav className={styles.anchors} aria-label={t("organisation.blocks")}>
      <ul>
        {subjects.map((subject) => (
          <li key={subject}>
            <a href={`#${subject}`} onClick={(event) => go(event, subject)}>
              {t(`organisation.${subject}.title`)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
