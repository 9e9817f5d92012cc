import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Deletion, eraseDeleted } from "@/api/bin";
import { keys } from "@/api/keys";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { TextInput } from "@/components/text-input";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import styles from "./bin.module.css";

interface EraseDialogProps {
  readonly deletions: readonly Deletion[];
  readonly onClose: () => void;
}

/** Asks to type a word before records are removed for good. */
export function EraseDialog({ deletions, onClose }: EraseDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const toast = useToast();
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const word = t("bin.word");
  const erase = async () => {
    setBusy(true);
    try {
      for (const one of deletions) await eraseDeleted(one.object, one.id);
      toast({ text: t("bin.erased", { count: deletions.length }) });
      onClose();
    } catch (caught) {
      setError(caught);
    }
    setBusy(false);
    await client.invalidateQueries({ queryKey: keys.allBin });
  };
  return (
    <Dialog
      title={t("bin.eraseTitle", { count: deletions.length })}
      open
      onClose={onClose}
      testId="bin.eraseAsk"
      footer={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button
            kind="danger"
            icon="trash"
            busy={busy}
            disabled={typed.trim() !== word}
            onClick={() => void erase()}
            testId="bin.eraseConfirm"
          >
            {t("bin.erase")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {error !== null && <Notice tone="danger">{faultText(error, t)}</Notice>}
        <p>{t("bin.eraseText")}</p>
        <p>{format.list(deletions.slice(0, 5).map((one) => one.display))}</p>
        <FieldFrame label={t("bin.type", { word })}>
          {(ids) => <TextInput ids={ids} value={typed} onChange={setTyped} testId="bin.typed" />}
        </FieldFrame>
      </div>
    </Dialog>
  );
}
