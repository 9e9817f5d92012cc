import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useBlocker } from "react-router";
import { applyCalendars, calendarsQuery, planQuery } from "@/api/calendars";
import { Fault } from "@/api/fault";
import { keys } from "@/api/keys";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import { useLanguage } from "@/components/use-language";
import styles from "./calendars.module.css";
import type { Draft } from "./use-draft";
import { dayText } from "./words";

interface SaveBarProps {
  readonly draft: Draft;
  /** Why it cannot be saved yet. */
  readonly wrong: string | undefined;
}

/** That something is changed, and the way to save it: through what that would do. */
export function SaveBar({ draft, wrong }: SaveBarProps) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  return (
    <div className={styles.bar} data-testid="calendars.bar">
      <span role="status">{wrong ?? t("calendars.changed")}</span>
      <span className={styles.ways}>
        {draft.undo && (
          <Button icon="undo" onClick={draft.undo} testId="calendars.undo">
            {t("action.undo")}
          </Button>
        )}
        <Button onClick={draft.discard} testId="calendars.discard">
          {t("roles.discard")}
        </Button>
        <Button
          kind="primary"
          disabled={!draft.changed || wrong !== undefined}
          onClick={() => setAsking(true)}
          testId="calendars.review"
        >
          {t("calendars.review")}
        </Button>
      </span>
      {asking && <SaveDialog draft={draft} onClose={() => setAsking(false)} />}
      <LeaveDialog />
    </div>
  );
}

/** Asks before the page is left, with which what is not saved goes. */
function LeaveDialog() {
  const { t } = useTranslation();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => currentLocation.pathname !== nextLocation.pathname,
  );
  return (
    <Dialog
      title={t("calendars.leave")}
      open={blocker.state === "blocked"}
      onClose={() => blocker.reset?.()}
      testId="calendars.leave"
      footer={
        <>
          <Button onClick={() => blocker.proceed?.()} testId="calendars.leaveAnyway">
            {t("roles.discard")}
          </Button>
          <Button kind="primary" onClick={() => blocker.reset?.()} testId="calendars.stayHere">
            {t("form.stay")}
          </Button>
        </>
      }
    >
      <p>{t("calendars.leaveText")}</p>
    </Dialog>
  );
}

const shownDays = 40;

function SaveDialog({ draft, onClose }: { readonly draft: Draft; readonly onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [language] = useLanguage();
  const client = useQueryClient();
  const toast = useToast();
  const plan = useQuery(planQuery(draft.change));
  const [refusal, setRefusal] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const error = refusal ?? plan.error;
  const others = plan.data?.changes.filter((change) => change.rows > 0) ?? [];
  const save = async () => {
    setBusy(true);
    try {
      await applyCalendars(draft.change);
      await client.invalidateQueries({ queryKey: keys.meta });
      draft.discard();
      toast({ text: t("calendars.saved") });
      onClose();
    } catch (caught) {
      setRefusal(caught);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      title={t("calendars.review")}
      onClose={onClose}
      testId="calendars.saveDialog"
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button
            kind="primary"
            busy={busy}
            disabled={!plan.isSuccess || error !== null}
            onClick={() => void save()}
            testId="calendars.save"
          >
            {t("form.save")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {error ? <Refusal error={error} draft={draft} onClose={onClose} /> : null}
        {plan.isPending && <Skeleton lines={3} />}
        {draft.days.length > 0 && <p>{t("calendars.changedDays", { count: draft.days.length })}</p>}
        <ul className={styles.changes}>
          {draft.days.slice(0, shownDays).map((day) => (
            <li key={day}>
              {t("calendars.dayIs", {
                day: format.longDay(day),
                what: dayText(draft.plan, day, language, t),
              })}
            </li>
          ))}
        </ul>
        {draft.days.length > shownDays && (
          <p className={styles.quiet}>
            {t("calendars.moreDays", { count: draft.days.length - shownDays })}
          </p>
        )}
        {plan.isSuccess && draft.days.length === 0 && <p>{t("calendars.changedWeek")}</p>}
        {others.map((change) => (
          <p key={change.name}>{change.summary}</p>
        ))}
        {plan.data?.warnings.map((warning) => (
          <p key={warning.pointer}>{warning.message}</p>
        ))}
      </div>
    </Dialog>
  );
}

interface RefusalProps {
  readonly error: unknown;
  readonly draft: Draft;
  readonly onClose: () => void;
}

/** Why a change cannot be; where somebody has saved meanwhile, the two ways on. */
function Refusal({ error, draft, onClose }: RefusalProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const conflict = error instanceof Fault && error.code === "revision_conflict";
  const items = error instanceof Fault ? (error.problem.errors ?? []) : [];
  const follow = async (go: (revision: number) => void) => {
    const { revision } = await client.fetchQuery({ ...calendarsQuery, staleTime: 0 });
    go(revision);
    onClose();
  };
  return (
    <Notice
      tone="danger"
      title={conflict ? t("calendars.conflict") : faultText(error, t)}
      testId="calendars.refused"
      actions={
        conflict && (
          <>
            <Button onClick={() => void follow(draft.discard)} testId="calendars.takeTheirs">
              {t("roles.takeTheirs")}
            </Button>
            <Button onClick={() => void follow(draft.rebase)} testId="calendars.keepMine">
              {t("roles.keepMine")}
            </Button>
          </>
        )
      }
    >
      {conflict ? (
        <p>{t("roles.conflictText")}</p>
      ) : (
        items.map((item) => <p key={item.pointer}>{item.message}</p>)
      )}
    </Notice>
  );
}
