import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { type AuditAsk, auditFile, listAudit } from "@/api/audit";
import { firstPage, keys } from "@/api/keys";
import { useMe } from "@/api/session";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { FaultView, Missing } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import { useTitle } from "@/components/use-title";
import styles from "./audit.module.css";
import { AuditFilters } from "./audit-filters";
import { AuditTable } from "./audit-table";
import { Verify } from "./verify";

/** Who did what that concerns security, with the proof that nothing of it was changed. */
export default function AuditPage() {
  return useMe().abilities.includes("read_audit") ? <AuditLog /> : <Missing />;
}

function AuditLog() {
  const { t } = useTranslation();
  const [params, setParams] = useSearchParams();
  useTitle(t("audit.title"));
  const read = (name: string) => params.get(name) ?? "";
  const set = (name: string, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  const [from, to] = [read("from"), read("to")];
  const ask: AuditAsk = {
    action: read("action"),
    actor: read("actor"),
    since: from && new Date(`${from}T00:00`).toISOString(),
    until: to && new Date(`${to}T24:00`).toISOString(),
  };
  const filtered = Object.values(ask).some((value) => value !== "");
  const list = useInfiniteQuery({
    queryKey: keys.audit(ask),
    queryFn: ({ pageParam, signal }) => listAudit(ask, pageParam, signal),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.page.next ?? undefined,
  });
  const entries = list.data?.pages.flatMap((page) => page.data) ?? [];
  const people = Object.assign({}, ...(list.data?.pages.map((page) => page.included.user) ?? []));
  return (
    <div className={styles.page} data-testid="audit">
      <header className={styles.header}>
        <h1>{t("audit.title")}</h1>
        <Verify />
      </header>
      <AuditFilters
        action={ask.action}
        from={from}
        to={to}
        person={ask.actor && (people[ask.actor]?.display ?? t("history.somebody"))}
        file={auditFile(ask)}
        onChange={set}
      />
      {list.isError && <FaultView error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton lines={8} />}
      {list.isSuccess && entries.length === 0 && (
        <EmptyState
          icon="search"
          title={t("audit.noMatch")}
          testId="audit.empty"
          actions={
            filtered && (
              <Button onClick={() => setParams({}, { replace: true })}>{t("audit.showAll")}</Button>
            )
          }
        />
      )}
      {entries.length > 0 && (
        <AuditTable entries={entries} people={people} onPerson={(person) => set("actor", person)} />
      )}
      {list.hasNextPage && (
        <div>
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("audit.more")}
          </Button>
        </div>
      )}
    </div>
  );
}
