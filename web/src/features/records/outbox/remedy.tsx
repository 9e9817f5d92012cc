import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { Fault } from "@/api/fault";
import { conflictsOf, currentOf, discard, resend, type Waiting } from "@/api/outbox";
import { useMe } from "@/api/session";
import type { Problem, RecordAnswer, Values } from "@/api/types";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { useToast } from "@/components/toaster";
import { keep } from "@/lib/kept";
import { candidatesOf } from "../form/candidates";
import { draftPlace, writeDraft } from "../form/draft";
import { recordAddress } from "../record/neighbours";
import styles from "./outbox.module.css";

const ConflictDialog = lazy(() => import("../record/conflict-dialog"));
const DuplicateDialog = lazy(() => import("../form/duplicate-dialog"));

interface RemedyProps {
  readonly waiting: Waiting;
  readonly problem: Problem;
}

/** Why a write was refused, and the ways out: choose, confirm, correct, or try again. */
export function Remedy({ waiting, problem }: RemedyProps) {
  const { t } = useTranslation();
  const toast = useToast();
  const correct = useCorrect();
  const [current, setCurrent] = useState<RecordAnswer | null>(null);
  const [confirming, setConfirming] = useState(false);
  const fault = new Fault(problem);
  const candidates = candidatesOf(fault);
  const said = fault.items.map((item) => item.message).join(" ") || faultText(fault, t);
  const compare = async () => {
    const now = await currentOf(waiting);
    if (now) setCurrent(now);
    else toast({ text: t("fault.unreachable") });
  };
  const settle = (mine: Values) => {
    if (!current) return;
    const base = { version: current.data.version, values: current.data };
    if (Object.keys(mine).length > 0) void resend(waiting, { values: mine, base });
    else void discard(waiting); // all of theirs was chosen
  };
  return (
    <div className={styles.remedy} role="alert">
      <p data-testid="outbox.reason">{problem.status === 412 ? t("outbox.stale") : said}</p>
      <p className={styles.ways}>
        {problem.status === 412 ? (
          <Button kind="primary" onClick={() => void compare()} testId="outbox.compare">
            {t("outbox.compare")}
          </Button>
        ) : candidates ? (
          <Button kind="primary" onClick={() => setConfirming(true)} testId="outbox.confirm">
            {t("outbox.confirm")}
          </Button>
        ) : (
          <Button kind="primary" onClick={() => void resend(waiting)} testId="outbox.again">
            {t("action.retry")}
          </Button>
        )}
        <Button onClick={() => void correct(waiting)} testId="outbox.correct">
          {t("outbox.correct")}
        </Button>
      </p>
      <Suspense>
        {current && (
          <ConflictDialog
            object={waiting.object}
            current={current}
            mine={waiting.values}
            fields={conflictsOf(waiting, current)}
            onSettle={(values) => {
              settle(values);
              setCurrent(null);
            }}
            onClose={() => setCurrent(null)}
          />
        )}
        {confirming && candidates && (
          <DuplicateDialog
            candidates={candidates}
            onSave={() => void resend(waiting, { confirmed: true })}
            onClose={() => setConfirming(false)}
          />
        )}
      </Suspense>
    </div>
  );
}

/** Takes a write back to where it was typed, as a draft. */
function useCorrect(): (waiting: Waiting) => Promise<void> {
  const me = useMe();
  const navigate = useNavigate();
  return async (waiting) => {
    const { kind, object, record = "", values } = waiting;
    if (kind === "comment") {
      const draft = { text: String(values.text), named: {} };
      keep(`draft:${me.id}:timeline:${object}:${record}:note`, JSON.stringify(draft));
    } else {
      writeDraft(draftPlace(me.id, object, record || "new"), values, new Date());
    }
    await discard(waiting);
    const place = record ? recordAddress(object, record) : `/o/${object}/new`;
    navigate(kind === "update" ? `${place}?edit=` : place);
  };
}
