import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useBlocker } from "react-router";
import { Fault } from "@/api/fault";
import { keys } from "@/api/keys";
import { impactQuery, publishRoles, type RoleChange, rolesQuery } from "@/api/roles";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { useToast } from "@/components/toaster";
import { ImpactView } from "./impact-view";
import styles from "./roles.module.css";
import type { Draft } from "./use-draft";

/** A draft as the change that publishing it would be. */
export function changeOf(draft: Draft): RoleChange {
  return { base: draft.base, definitions: [draft.role], delete: [] };
}

/** How much of a role is changed, and the way to publish it: through what that would do. */
export function PublishBar({ draft }: { readonly draft: Draft }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  return (
    <div className={styles.bar} data-testid="roles.bar">
      <span role="status">{t("roles.changes", { count: draft.changes })}</span>
      <span className={styles.ways}>
        {draft.undo && (
          <Button icon="undo" onClick={draft.undo} testId="roles.undo">
            {t("action.undo")}
          </Button>
        )}
        <Button onClick={draft.discard} testId="roles.discard">
          {t("roles.discard")}
        </Button>
        <Button
          kind="primary"
          disabled={draft.changes === 0}
          onClick={() => setAsking(true)}
          testId="roles.review"
        >
          {t("roles.review")}
        </Button>
      </span>
      {asking && <PublishDialog draft={draft} onClose={() => setAsking(false)} />}
      <LeaveDialog />
    </div>
  );
}

/** Asks before the page is left, with which what is not published goes. */
function LeaveDialog() {
  const { t } = useTranslation();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => currentLocation.pathname !== nextLocation.pathname,
  );
  return (
    <Dialog
      title={t("roles.leave")}
      open={blocker.state === "blocked"}
      onClose={() => blocker.reset?.()}
      testId="roles.leave"
      footer={
        <>
          <Button onClick={() => blocker.proceed?.()} testId="roles.leaveAnyway">
            {t("roles.discard")}
          </Button>
          <Button kind="primary" onClick={() => blocker.reset?.()} testId="roles.stay">
            {t("form.stay")}
          </Button>
        </>
      }
    >
      <p>{t("roles.leaveText")}</p>
    </Dialog>
  );
}

function PublishDialog({
  draft,
  onClose,
}: {
  readonly draft: Draft;
  readonly onClose: () => void;
}) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const change = changeOf(draft);
  const impact = useQuery(impactQuery(change));
  const [refusal, setRefusal] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const error = refusal ?? impact.error;
  const publish = async () => {
    setBusy(true);
    try {
      await publishRoles(change);
      draft.discard();
      await client.invalidateQueries({ queryKey: keys.meta });
      toast({ text: t("roles.published") });
      onClose();
    } catch (caught) {
      setRefusal(caught);
      setBusy(false);
    }
  };
  return (
    <Dialog
      wide
      open
      title={t("roles.impact")}
      onClose={onClose}
      testId="roles.publishDialog"
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button
            kind="primary"
            busy={busy}
            disabled={!impact.isSuccess || error !== null}
            onClick={() => void publish()}
            testId="roles.publish"
          >
            {t("roles.publish")}
          </Button>
        </>
      }
    >
      {impact.isPending && <Skeleton lines={5} />}
      {error ? (
        <Refusal error={error} draft={draft} onClose={onClose} />
      ) : (
        impact.data && <ImpactView impact={impact.data} />
      )}
    </Dialog>
  );
}

interface RefusalProps {
  readonly error: unknown;
  readonly draft: Draft;
  readonly onClose: () => void;
}

/** Why a change cannot be; where somebody has published meanwhile, the two ways on. */
function Refusal({ error, draft, onClose }: RefusalProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const conflict = error instanceof Fault && error.code === "revision_conflict";
  const items = error instanceof Fault ? (error.problem.errors ?? []) : [];
  const follow = async (go: (revision: number) => void) => {
    const { revision } = await client.fetchQuery({ ...rolesQuery, staleTime: 0 });
    go(revision);
    onClose();
  };
  return (
    <Notice
      tone="danger"
      title={conflict ? t("roles.conflict") : faultText(error, t)}
      testId="roles.refused"
      actions={
        conflict && (
          <>
            <Button onClick={() => void follow(draft.discard)} testId="roles.takeTheirs">
              {t("roles.takeTheirs")}
            </Button>
            <Button onClick={() => void follow(draft.rebase)} testId="roles.keepMine">
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
