import { useTranslation } from "react-i18next";
import type { ApiKey } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";

interface RevokeDialogProps<K extends ApiKey> {
  /** The key that is to be revoked, or null. */
  readonly apiKey: K | null;
  readonly onClose: () => void;
  readonly onAgreed: (key: K) => void;
}

/** Asks before a key is revoked. */
export function RevokeDialog<K extends ApiKey>(props: RevokeDialogProps<K>) {
  const { t } = useTranslation();
  const { apiKey, onClose, onAgreed } = props;
  return (
    <Dialog
      title={t("apiKeys.revokeTitle", { name: apiKey?.name ?? "" })}
      open={apiKey !== null}
      onClose={onClose}
      testId="revoke"
      footer={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button
            kind="danger"
            onClick={() => {
              if (apiKey) onAgreed(apiKey);
              onClose();
            }}
            testId="revoke.confirm"
          >
            {t("apiKeys.revoke")}
          </Button>
        </>
      }
    >
      <p>{t("apiKeys.revokeText")}</p>
    </Dialog>
  );
}
