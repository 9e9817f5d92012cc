import { useState } from "react";
import { useTranslation } from "react-i18next";
import { errorFileAddress } from "@/api/imports";
import { pluralOf } from "@/api/meta";
import { Button, LinkButton } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { Icon } from "@/components/icon";
import { Notice } from "@/components/notice";
import { useFormat } from "@/components/use-format";
import { inSentence } from "@/lib/words";
import { Counts } from "./counts";
import styles from "./import.module.css";
import { KeptRows } from "./kept-rows";
import type { StepProps } from "./mapping-step";
import { Progress } from "./run-step";
import { useStart } from "./use-import";

/** What the import has done, and the way back. */
export function ResultStep({ made, object }: StepProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const undo = useStart(made, "undo");
  const [asking, setAsking] = useState(false);
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
      {undo.isError && (
        <Notice tone="danger">
          <p>{faultText(undo.error, t)}</p>
        </Notice>
      )}
      <footer className={styles.foot}>
        {!undone && written > 0 && (
          <Button kind="danger" icon="undo" onClick={() => setAsking(true)} testId="import.undo">
            {t("import.undo")}
          </Button>
        )}
        <span className={styles.gap} />
        <LinkButton to={`/o/${object.name}/import`} testId="import.another">
          {t("import.another")}
        </LinkButton>
        <LinkButton kind="primary" to={`/o/${object.name}`} testId="import.open">
          {t("import.open", { objects })}
        </LinkButton>
      </footer>
      <Dialog
        title={t("import.undoTitle")}
        open={asking}
        onClose={() => setAsking(false)}
        testId="import.undoDialog"
        footer={
          <>
            <Button kind="quiet" onClick={() => setAsking(false)}>
              {t("action.cancel")}
            </Button>
            <Button
              kind="danger"
              busy={undo.isPending}
              onClick={() => {
                setAsking(false);
                undo.mutate();
              }}
              testId="import.undoConfirm"
            >
              {t("import.undo")}
            </Button>
          </>
        }
      >
        <p>
          {t("import.undoText", {
            created: format.number(counts.create),
            updated: format.number(counts.update),
          })}
        </p>
      </Dialog>
    </>
  );
}
