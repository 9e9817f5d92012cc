import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { ObjectDefinition } from "@/api/definitions";
import { pluralOf } from "@/api/meta";
import { Steps } from "@/components/steps";
import { useTitle } from "@/components/use-title";
import { inSentence } from "@/lib/words";
import styles from "./import.module.css";

/** The steps of an import, in order. */
export const steps = ["file", "mapping", "check", "run", "result"] as const;

interface ImportFrameProps {
  readonly object: ObjectDefinition;
  readonly step: number;
  readonly children: ReactNode;
}

/** What every step of an import stands in. */
export function ImportFrame({ object, step, children }: ImportFrameProps) {
  const { t } = useTranslation();
  const title = t("import.title", { objects: inSentence(pluralOf(object)) });
  useTitle(title);
  return (
    <div className={styles.page} data-testid="import" data-step={steps[step]}>
      <header className={styles.header}>
        <nav aria-label={t("shell.path")} className={styles.path}>
          <Link to={`/o/${object.name}`}>{pluralOf(object)}</Link>
        </nav>
        <h1>{title}</h1>
      </header>
      <Steps titles={steps.map((one) => t(`import.step.${one}`))} current={step} />
      {children}
    </div>
  );
}
