import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Import } from "@/api/imports";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { useFormat } from "@/components/use-format";
import { useStart } from "./use-import";

/** The way back from an import, after a question. */
export function UndoImport({ made }: { made: Import }) {
  const { t } = useTranslation();
  const format = useFormat();
  const undo = useStart(made, "undo");
  const [asking, setAsking] = useState(false);
  const { counts } = made;
  return (
    <>
      <Button kind="danger" icon="undo" onClick={() => setAsking(true)} testId="import.undo">
        {t("import.undo")}
      </Button>
      {undo.isError && (
        <Notice tone="danger">
          <p>{faultText(undo.error, t)}</p>
        </Notice>
      )}
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
