import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { recordAddress } from "../record/neighbours";
import type { Candidate } from "./candidates";
import styles from "./form.module.css";

interface DuplicateDialogProps {
  readonly candidates: readonly Candidate[];
  readonly onSave: () => void;
  readonly onClose: () => void;
}

/** What was typed looks like records that are there: they can be looked at, and it can be saved. */
export default function DuplicateDialog({ candidates, onSave, onClose }: DuplicateDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      title={t("duplicate.title")}
      open
      onClose={onClose}
      testId="duplicate"
      footer={
        <>
          <Button kind="quiet" onClick={onClose}>
            {t("duplicate.back")}
          </Button>
          <Button kind="primary" onClick={onSave} testId="duplicate.save">
            {t("duplicate.save")}
          </Button>
        </>
      }
    >
      <p>{t("duplicate.text")}</p>
      <ul className={styles.candidates}>
        {candidates.map(({ object, id, display }) => (
          <li key={id}>
            <Link to={recordAddress(object, id)} target="_blank" rel="noreferrer">
              {display}
            </Link>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
