import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";

interface AskDialogProps {
  readonly title: string;
  readonly text: string;
  readonly action: string;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onAgreed: () => void;
}

/** Asks before something that cannot be taken back. */
export function AskDialog({ title, text, action, open, onClose, onAgreed }: AskDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={title}
      open={open}
      onClose={onClose}
      testId="people.ask"
      footer={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button
            kind="danger"
            onClick={() => {
              onAgreed();
              onClose();
            }}
            testId="people.agree"
          >
            {action}
          </Button>
        </>
      }
    >
      <p>{text}</p>
    </Dialog>
  );
}
