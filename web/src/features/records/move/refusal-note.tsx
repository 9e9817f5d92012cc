import { useTranslation } from "react-i18next";
import { useCatalog } from "@/api/meta";
import { Button, IconButton } from "@/components/button";
import { Icon } from "@/components/icon";
import styles from "./move.module.css";
import type { Refusal } from "./use-moves";

interface RefusalNoteProps {
  readonly object: string;
  readonly refusal: Refusal;
  readonly onFill: () => void;
  readonly onClose: () => void;
}

/** Why a card came back, on the card, and what helps. */
export function RefusalNote({ object, refusal, onFill, onClose }: RefusalNoteProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const fillable = refusal.fields.some((name) => catalog.field(object, name)?.can === "write");
  return (
    <div className={styles.refusal} data-testid="move.refusal">
      <Icon name="warning" />
      <div className={styles.words}>
        <p>{refusal.reason}</p>
        {fillable && (
          <Button kind="plain" onClick={onFill} testId="move.fill">
            {t("move.fill")}
          </Button>
        )}
      </div>
      <IconButton icon="close" small label={t("action.close")} onClick={onClose} />
    </div>
  );
}
