import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDefinition } from "@/api/definitions";
import { type Pool, poolsQuery, waitingFilter } from "@/api/pools";
import { FaultView } from "@/components/fault-view";
import { Icon } from "@/components/icon";
import { Select } from "@/components/select";
import { Skeleton } from "@/components/skeleton";
import { useFormat } from "@/components/use-format";
import { isShortcut } from "@/lib/submit-key";
import type { ListChange, ListState } from "../list/list-state";
import styles from "./pool.module.css";

interface PoolStripProps {
  readonly object: ObjectDefinition;
  readonly state: ListState;
  readonly onChange: (change: ListChange) => void;
}

const every = "all";

/** Which pool is looked at, and how much of it one may still take. */
export default function PoolStrip({ object, state, onChange }: PoolStripProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const pools = useQuery(poolsQuery(object.name));
  useClaimKey();
  if (pools.isError) return <FaultView error={pools.error} onRetry={() => void pools.refetch()} />;
  if (!pools.data) return <Skeleton lines={1} />;
  if (pools.data.length === 0) {
    return (
      <p className={styles.strip} data-testid="pool.none">
        <Icon name="inbox" />
        {t("pool.none")}
      </p>
    );
  }
  const chosen = pools.data.find(({ id }) => state.where.includes(id));
  const shown = chosen ?? (pools.data.length === 1 ? pools.data[0] : undefined);
  const waiting = pools.data.reduce((sum, pool) => sum + pool.waiting, 0);
  const named = (name: string, count: number) =>
    t("pool.counted", { name, n: format.number(count) });
  const choices = [
    { value: every, label: named(t("pool.every"), waiting) },
    ...pools.data.map(({ id, name, waiting: count }) => ({ value: id, label: named(name, count) })),
  ];
  const choose = (value: string | null) =>
    onChange({
      where: waitingFilter(object, value === every ? undefined : (value ?? undefined)),
    });
  return (
    <section className={styles.strip} aria-label={t("pool.name")} data-testid="pool.strip">
      <Icon name="inbox" />
      <span className={styles.choice}>
        <Select
          label={t("pool.choose")}
          choices={choices}
          value={chosen?.id ?? every}
          onChange={choose}
          testId="pool.choose"
        />
      </span>
      {shown ? (
        <Quotas pool={shown} />
      ) : (
        <span className={styles.quiet}>{t("pool.chooseOne")}</span>
      )}
    </section>
  );
}

/** How much one took today and holds, against the limits. */
function Quotas({ pool }: { pool: Pool }) {
  const { t } = useTranslation();
  const format = useFormat();
  const against = (used: number, limit: number | null) =>
    limit === null ? format.number(used) : `${format.number(used)}/${format.number(limit)}`;
  const spent = (used: number, limit: number | null) =>
    (limit !== null && used >= limit) || undefined;
  return (
    <span className={styles.quotas} role="status">
      <span data-spent={spent(pool.claimed_today, pool.daily_quota)} data-testid="pool.today">
        {t("pool.today", { used: against(pool.claimed_today, pool.daily_quota) })}
      </span>
      <span data-spent={spent(pool.holding, pool.holding_cap)} data-testid="pool.holding">
        {t("pool.holding", { used: against(pool.holding, pool.holding_cap) })}
      </span>
    </span>
  );
}

/** C takes the record on whose row one is: its button is pressed. */
function useClaimKey() {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!isShortcut(event, "c") || !(event.target instanceof Element)) return;
      const row = event.target.closest("[data-record]");
      row?.querySelector<HTMLButtonElement>("button[data-claim]")?.click();
    };
    addEventListener("keydown", press, { capture: true });
    return () => removeEventListener("keydown", press, { capture: true });
  }, []);
}
