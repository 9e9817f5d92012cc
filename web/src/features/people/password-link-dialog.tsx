import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { linkPassword } from "@/api/passwords";
import type { RecordData } from "@/api/types";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { LinkTold } from "./link-told";
import styles from "./people.module.css";

interface PasswordLinkDialogProps {
  readonly person: RecordData;
  readonly onClose: () => void;
}

/** Makes a link for who forgot his password, and tells it. */
export function PasswordLinkDialog({ person, onClose }: PasswordLinkDialogProps) {
  const { t } = useTranslation();
  const make = useMutation({ mutationFn: () => linkPassword(person.id) });
  const name = String(person.name ?? "");
  if (make.data) {
    return (
      <Dialog
        open
        firm
        title={t("people.linkMade")}
        onClose={onClose}
        testId="passwordLink"
        footer={
          <Button kind="primary" onClick={onClose} testId="passwordLink.done">
            {t("invitations.done")}
          </Button>
        }
      >
        <LinkTold link={make.data} />
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      title={t("people.linkTitle", { name })}
      onClose={onClose}
      testId="passwordLink"
      footer={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t("action.cancel")}
          </Button>
          <Button
            kind="primary"
            busy={make.isPending}
            onClick={() => make.mutate()}
            testId="passwordLink.make"
          >
            {t("people.linkMake")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {make.isError && (
          <Notice tone="danger" testId="passwordLink.refusal">
            <p>{faultText(make.error, t)}</p>
          </Notice>
        )}
        <p>{t("people.linkText")}</p>
        <p>{t("people.linkEnds")}</p>
      </div>
    </Dialog>
  );
}
