import { useTranslation } from "react-i18next";
import { errorFileAddress } from "@/api/imports";
import { pluralOf } from "@/api/meta";
import { LinkButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { Notice } from "@/components/notice";
import { useFormat } from "@/components/use-format";
import { inSentence } from "@/lib/words";
import { Counts } from "./counts";
import styles from "./import.module.css";
import { KeptRows } from "./kept-rows";
import type { StepProps } from "./mapping-step";
import { Progress } from "./run-step";
import { UndoImport } from "./undo-import";

/** What the import has done, and the way back. */
export function ResultStep({ made, object }: StepProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const objects = inSentence(pluralOf(object));
  const { counts } = made;
  const written = counts.create + counts.update;
  const wrong = counts.error + counts.conflict;
  if (made.state === "undoing") return <Progress made={made} label={t("import.undoing")} />;
  const undone = made.state === "undone";
  return (
    <>
      <Notice
        tone={undone ? "info" : "success"}
        title={
          undone
            ? t("import.undone")
            : t("import.finished", { count: written, n: format.number(written) })
        }
        testId="import.result"
      >
        {wrong > 0 && !undone && (
          <a className={styles.download} href={errorFileAddress(made.id)} download>
            <Icon name="download" />
            {t("import.errorFile")}
          </a>
        )}
      </Notice>
      {undone && (counts.kept ?? 0) > 0 && <KeptRows object={object} made={made} />}
      {!undone && <Counts counts={counts} done />}
      <footer className={styles.foot}>
        {!undone && written > 0 && <UndoImport made={made} />}
        <span className={styles.gap} />
        <LinkButton to={`/o/${object.name}/import`} testId="import.another">
          {t("import.another")}
        </LinkButton>
        <LinkButton kind="primary" to={`/o/${object.name}`} testId="import.open">
          {t("import.open", { objects })}
        </LinkButton>
      </footer>
    </>
  );
}
