import { useTranslation } from "react-i18next";
import { useBlocker } from "react-router";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";

interface LeaveGuardProps {
  /** Asked at the moment of leaving. */
  readonly isDirty: () => boolean;
  readonly onKeep: () => void;
  readonly onDiscard: () => void;
}

/** Asks before a form is left with something typed in it; the draft is kept unless one says no. */
export function LeaveGuard({ isDirty, onKeep, onDiscard }: LeaveGuardProps) {
  const { t } = useTranslation();
  const blocker = useBlocker(({ currentLocation, nextLocation }) => {
    return currentLocation.pathname !== nextLocation.pathname && isDirty();
  });
  const stay = () => blocker.reset?.();
  return (
    <Dialog
      title={t("form.leave")}
      open={blocker.state === "blocked"}
      onClose={stay}
      testId="leave"
      footer={
        <>
          <Button
            kind="quiet"
            onClick={() => {
              onDiscard();
              blocker.proceed?.();
            }}
            testId="leave.discard"
          >
            {t("form.discard")}
          </Button>
          <Button
            onClick={() => {
              onKeep();
              blocker.proceed?.();
            }}
            testId="leave.keep"
          >
            {t("form.keepDraft")}
          </Button>
          <Button kind="primary" onClick={stay} testId="leave.stay">
            {t("form.stay")}
          </Button>
        </>
      }
    >
      <p>{t("form.leaveText")}</p>
    </Dialog>
  );
}
