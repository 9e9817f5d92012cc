import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Fault } from "@/api/fault";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { recordAddress } from "../record/neighbours";
import styles from "./form.module.css";

/** A record that what was typed may be a duplicate of. */
export interface Candidate {
  readonly object: string;
  readonly id: string;
  readonly display: string;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** The records that a refused write may be a duplicate of, when it only has to be confirmed. */
export function candidatesOf(error: unknown): readonly Candidate[] | null {
  if (!(error instanceof Fault) || error.code !== "possible_duplicate") return null;
  return error.items.map(({ params }) => ({
    object: text(params?.object),
    id: text(params?.id),
    display: text(params?.display),
  }));
}

interface DuplicateDialogProps {
  readonly candidates: readonly Candidate[];
  readonly onSave: () => void;
  readonly onClose: () => void;
}

/** What was typed looks like records that are there: they can be looked at, and it can be saved. */
export function DuplicateDialog({ candidates, onSave, onClose }: DuplicateDialogProps) {
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
