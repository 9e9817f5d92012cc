import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { useFormat } from "@/components/use-format";
import type { Draft } from "./draft";

interface DraftOfferProps {
  readonly draft: Draft | null;
  readonly onRestore: () => void;
  readonly onDrop: () => void;
}

/** Offers what was typed here before and never saved. */
export function DraftOffer({ draft, onRestore, onDrop }: DraftOfferProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!draft) return null;
  return (
    <Notice
      tone="info"
      testId="draft"
      actions={
        <>
          <Button kind="primary" onClick={onRestore} testId="draft.restore">
            {t("form.restoreDraft")}
          </Button>
          <Button onClick={onDrop} testId="draft.drop">
            {t("form.discard")}
          </Button>
        </>
      }
    >
      <p>{t("form.draft", { at: format.ago(draft.at) })}</p>
    </Notice>
  );
}
