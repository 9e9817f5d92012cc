import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/keys";
import { endOtherSessions, endSession, type Session, sessionsQuery } from "@/api/sessions";
import { Button } from "@/components/button";
import { Entries, Entry } from "@/components/entries";
import { FaultView, faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { Tag } from "@/components/tag";
import { useFormat } from "@/components/use-format";
import { deviceOf } from "@/lib/device";
import styles from "./settings.module.css";

/** Where one is signed in, and the way to end it elsewhere. */
export function SessionsBlock() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const found = useQuery(sessionsQuery);
  const refresh = () => client.invalidateQueries({ queryKey: keys.sessions });
  const end = useMutation({ mutationFn: endSession, onSettled: refresh });
  const endOthers = useMutation({ mutationFn: endOtherSessions, onSettled: refresh });
  const refusal = end.error ?? endOthers.error;
  const others = found.data?.filter((session) => !session.current) ?? [];
  return (
    <section className={styles.block} aria-labelledby="sessions">
      <h2 id="sessions">{t("sessions.title")}</h2>
      {refusal && (
        <Notice tone="danger">
          <p>{faultText(refusal, t)}</p>
        </Notice>
      )}
      {found.isPending && <Skeleton lines={3} />}
      {found.isError && <FaultView error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && (
        <Entries testId="sessions">
          {found.data.map((session) => (
            <SessionRow key={session.id} session={session} onEnd={() => end.mutate(session.id)} />
          ))}
        </Entries>
      )}
      {others.length > 0 && (
        <div className={styles.buttons}>
          <Button
            kind="danger"
            busy={endOthers.isPending}
            onClick={() => endOthers.mutate()}
            testId="sessions.endOthers"
          >
            {t("sessions.endOthers")}
          </Button>
        </div>
      )}
    </section>
  );
}

function SessionRow({ session, onEnd }: { session: Session; onEnd: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { browser, system } = deviceOf(session.agent);
  const both = browser && system ? t("sessions.device", { browser, system }) : null;
  const device = both ?? browser ?? system ?? t("sessions.unknown");
  return (
    <Entry
      title={device}
      below={
        <>
          <span>{t("sessions.used", { at: format.ago(session.seen_at) })}</span>
          <span>{session.address}</span>
        </>
      }
      testId={`sessions.${session.id}`}
    >
      {session.current ? (
        <Tag hue="green">{t("sessions.current")}</Tag>
      ) : (
        <Button kind="danger" onClick={onEnd} testId={`sessions.${session.id}.end`}>
          {t("sessions.end")}
          <span className="unseen"> {device}</span>
        </Button>
      )}
    </Entry>
  );
}
