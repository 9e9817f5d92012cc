import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Handover, handoversQuery, undoHandover } from "@/api/handovers";
import { keys } from "@/api/keys";
import { Button } from "@/components/button";
import { Entries, Entry } from "@/components/entries";
import { FaultView, faultText } from "@/components/fault-view";
import { ProgressBar } from "@/components/progress-bar";
import { Tag } from "@/components/tag";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import { AskDialog } from "./ask-dialog";
import styles from "./people.module.css";

const hues = {
  working: "blue",
  done: "green",
  undoing: "blue",
  undone: "slate",
  failed: "red",
} as const;

const shownAtFirst = 3;

/** The last handovers, how far each is, and the way back; nothing where there was none. */
export function Handovers() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const found = useQuery(handoversQuery);
  const [undoing, setUndoing] = useState<Handover>();
  const [all, setAll] = useState(false);
  if (found.isError) return <FaultView error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data?.data.length) return null;
  const { data, included } = found.data;
  const nameOf = (id: string) => included.user?.[id]?.display ?? t("history.somebody");
  const undo = async (id: string) => {
    try {
      await undoHandover(id);
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
    await client.invalidateQueries({ queryKey: keys.handovers });
    await client.invalidateQueries({ queryKey: keys.records("user") });
  };
  return (
    <section className={styles.invited} aria-labelledby="handovers">
      <h2 id="handovers">{t("handover.title")}</h2>
      <Entries testId="handovers">
        {data.slice(0, all ? undefined : shownAtFirst).map((one) => (
          <HandoverRow key={one.id} handover={one} nameOf={nameOf} onUndo={() => setUndoing(one)} />
        ))}
      </Entries>
      {!all && data.length > shownAtFirst && (
        <div>
          <Button onClick={() => setAll(true)}>{t("people.more")}</Button>
        </div>
      )}
      <AskDialog
        title={t("handover.undoTitle", { name: nameOf(undoing?.person ?? "") })}
        text={t("handover.undoText", { to: nameOf(undoing?.to ?? "") })}
        action={t("handover.undo")}
        open={undoing !== undefined}
        onClose={() => setUndoing(undefined)}
        onAgreed={() => undoing && void undo(undoing.id)}
      />
    </section>
  );
}

interface HandoverRowProps {
  readonly handover: Handover;
  readonly nameOf: (id: string) => string;
  readonly onUndo: () => void;
}

function HandoverRow({ handover, nameOf, onUndo }: HandoverRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { state, given, kept, undone, total } = handover;
  const back = state === "undoing" || state === "undone";
  const [done, of] = back ? [undone, given] : [given + kept, total];
  const title = t("handover.from", { from: nameOf(handover.person), to: nameOf(handover.to) });
  const progress = t("handover.progress", { done: format.number(done), total: format.number(of) });
  const count = (what: "given" | "kept" | "undone", n: number) =>
    t(`handover.${what}`, { count: n, n: format.number(n) });
  return (
    <Entry
      title={title}
      below={
        <>
          <span>{t("handover.by", { name: nameOf(handover.by) })}</span>
          <span>{format.instant(handover.created_at)}</span>
        </>
      }
      facts={
        <>
          <Tag hue={hues[state]}>{t(`handover.state.${state}`)}</Tag>
          {handover.ended_at === null && (
            <>
              <ProgressBar label={title} done={done} total={of} text={progress} />
              <span>{progress}</span>
            </>
          )}
          {handover.ended_at !== null && !back && <span>{count("given", given)}</span>}
          {state === "undone" && <span>{count("undone", undone)}</span>}
          {kept > 0 && <span>{count("kept", kept)}</span>}
        </>
      }
      testId={`handovers.${handover.person}`}
    >
      {(state === "done" || state === "failed") && (
        <Button kind="quiet" icon="undo" onClick={onUndo} testId="handovers.undo">
          {t("handover.undo")}
        </Button>
      )}
    </Entry>
  );
}
