import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDefinition } from "@/api/definitions";
import { poolsQuery } from "@/api/pools";
import type { RecordData } from "@/api/types";
import { Icon } from "@/components/icon";
import styles from "./pool.module.css";
import { usePoolActs } from "./use-pool-acts";

/** The record that is taken. */
export interface ClaimButtonProps {
  readonly object: ObjectDefinition;
  readonly record: RecordData;
  readonly name: string;
  /** It stands in a cell of a grid, which has the focus. */
  readonly inCell?: boolean;
}

/** Takes the record of a row: it counts as taken at once, and no longer when somebody was faster. */
export default function ClaimButton({ object, record, name, inCell = false }: ClaimButtonProps) {
  const { t } = useTranslation();
  const { data: pools = [] } = useQuery(poolsQuery(object.name));
  const { one } = usePoolActs(object.name);
  const [taken, setTaken] = useState(false);
  const pool = pools.find(({ id }) => id === record[object.behaviours?.pool?.field ?? ""]);
  if (!pool?.can_claim) return null;
  if (taken) {
    return (
      <span className={styles.taken} data-testid="pool.taken">
        <Icon name="check" />
        {t("pool.taken")}
      </span>
    );
  }
  const claim = async () => {
    setTaken(true);
    if (!(await one("claim", record.id, name))) setTaken(false);
  };
  return (
    <button
      type="button"
      className={styles.claim}
      tabIndex={inCell ? -1 : 0}
      aria-label={t("pool.claimName", { name })}
      data-claim="true"
      data-testid="pool.claim"
      onClick={() => void claim()}
      onDoubleClick={(event) => event.stopPropagation()}
    >
      {t("pool.claim")}
    </button>
  );
}
