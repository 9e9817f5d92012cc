import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Menu } from "@/components/menu";
import { TextArea } from "@/components/text-input";
import { copyText } from "@/lib/copy-text";
import type { Cells } from "./use-cells";

/** What the keys do with the marked cells, for those who have none. */
export default function CellMenu({ cells }: { cells: Cells }) {
  const { t } = useTranslation();
  const [pasting, setPasting] = useState(false);
  const { exchange, marked } = cells;
  const first = { top: 0, bottom: 0, left: 0, right: 0 };
  const area = () => marked.current ?? first;
  const copy = () => {
    exchange.onCopy(area(), {
      setData: (kind, text) => {
        if (kind === "text/plain") copyText(text);
      },
    });
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
      title={t("cells.paste")}
      onClose={onClose}
      testId="pasteText"
      footer={
        <Button
          kind="primary"
          disabled={text === ""}
          onClick={() => onText(text)}
          testId="pasteText.next"
        >
          {t("cells.pasteNext")}
        </Button>
      }
    >
      <TextArea
        label={t("cells.pasteField")}
        placeholder={t("cells.pasteHint")}
        value={text}
        onChange={setText}
        testId="pasteText.text"
      />
    </Dialog>
  );
}
