import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { TextArea } from "@/components/text-input";
import styles from "./import.module.css";

interface PasteTableProps {
  readonly busy: boolean;
  readonly onTable: (file: File) => void;
}

/** A table that was copied from a spreadsheet, in place of a file. */
export function PasteTable({ busy, onTable }: PasteTableProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "").length;
  const take = () => onTable(new File([text], `${t("import.pasted")}.csv`, { type: "text/csv" }));
  return (
    <details className={styles.paste}>
      <summary data-testid="import.paste">{t("import.paste")}</summary>
      <div className={styles.pasteForm}>
        <TextArea
          label={t("import.paste")}
          placeholder={t("import.pasteHint")}
          value={text}
          onChange={setText}
          testId="import.pasteText"
        />
        <Button
          kind="primary"
          busy={busy}
          disabled={lines < 2}
          onClick={take}
          testId="import.pasteTake"
        >
          {t("import.pasteTake", { count: Math.max(0, lines - 1) })}
        </Button>
      </div>
    </details>
  );
}
