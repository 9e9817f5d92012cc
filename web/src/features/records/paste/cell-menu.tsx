import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Menu } from "@/components/menu";
import { TextArea } from "@/components/text-input";
import { copyText } from "@/lib/copy-text";
import type { ListSelection } from "../list/use-selection";
import styles from "./paste.module.css";
import type { Cells } from "./use-cells";

interface CellMenuProps {
  readonly cells: Cells;
  readonly selection?: ListSelection;
}

/** What the keys do with the marked cells, for those who have none; or with the chosen rows. */
export default function CellMenu({ cells, selection }: CellMenuProps) {
  const { t } = useTranslation();
  const [pasting, setPasting] = useState(false);
  const { exchange, marked } = cells;
  const first = { top: 0, bottom: 0, left: 0, right: 0 };
  const area = () => marked.current ?? first;
  const copy = () => {
    const into = {
      setData: (kind: string, text: string) => {
        if (kind === "text/plain") copyText(text);
      },
    };
    if (selection && selection.count > 0) cells.onCopyRows(selection.has, into);
    else exchange.onCopy(area(), into);
  };
  const items = [
    { key: "cells.copy", label: t("cells.copy"), perform: copy },
    { key: "cells.paste", label: t("cells.paste"), perform: () => setPasting(true) },
    { key: "cells.fill", label: t("cells.fill"), perform: () => exchange.onFill(area()) },
  ];
  return (
    <>
      <Menu items={items} label={t("cells.menu")} icon="table" testId="cells.menu" />
      {pasting && (
        <PasteText
          onText={(text) => {
            setPasting(false);
            exchange.onPaste(area(), text);
          }}
          onClose={() => setPasting(false)}
        />
      )}
    </>
  );
}

interface PasteTextProps {
  readonly onText: (text: string) => void;
  readonly onClose: () => void;
}

function PasteText({ onText, onClose }: PasteTextProps) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  return (
    <Dialog
      open
      title={t("cells.pasteField")}
      onClose={onClose}
      testId="pasteText"
      footer={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button
            kind="primary"
            disabled={text === ""}
            onClick={() => onText(text)}
            testId="pasteText.next"
          >
            {t("cells.pasteNext")}
          </Button>
        </>
      }
    >
      <p className={styles.hint}>{t("cells.pasteHint")}</p>
      <TextArea
        label={t("cells.pasteField")}
        value={text}
        onChange={setText}
        testId="pasteText.text"
      />
    </Dialog>
  );
}
