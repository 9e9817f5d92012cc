import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useOutbox } from "@/api/outbox";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";

/** Asks whoever signs out while something waits to be sent. */
export function LeaveQuestion(props: { onLeave: () => void; onStay: () => void }) {
  const { t } = useTranslation();
  const { length: count } = useOutbox();
  return (
    <Dialog
      title={t("outbox.leave.title", { count })}
      open
      onClose={props.onStay}
      testId="leave.unsent"
      footer={
        <>
          <Button kind="danger" onClick={props.onLeave} testId="leave.anyway">
            {t("outbox.leave.discard")}
          </Button>
          <Button kind="primary" onClick={props.onStay} testId="leave.stay">
            {t("outbox.leave.stay")}
          </Button>
        </>
      }
    >
      <p>{t("outbox.leave.text")}</p>
      <p>
        <Link to="/outbox" onClick={props.onStay}>
          {t("outbox.see")}
        </Link>
      </p>
    </Dialog>
  );
}
