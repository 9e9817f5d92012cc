import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDefinition } from "@/api/definitions";
import type { RecordAnswer } from "@/api/types";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { useNeedsServer } from "@/components/use-needs-server";
import styles from "./pool.module.css";
import { usePoolActs } from "./use-pool-acts";

interface PoolBandProps {
  readonly object: ObjectDefinition;
  readonly answer: RecordAnswer;
  readonly name: string;
}

/** Says of a record without an owner in which pool it waits, and lets one take it. */
export default function PoolBand({ object, answer, name }: PoolBandProps) {
  const { t } = useTranslation();
  const blocked = useNeedsServer();
  const { one } = usePoolActs(object.name);
  const [busy, setBusy] = useState(false);
  const { data: record, included, can } = answer;
  const id = record[object.behaviours?.pool?.field ?? ""];
  if (typeof id !== "string" || record.owner) return null;
  const pool = included?.pool?.[id]?.display ?? t("pool.title.one");
  const claim = async () => {
    setBusy(true);
    await one("claim", record.id, name);
    setBusy(false);
  };
  return (
    <div className={styles.band}>
      <Notice
        tone="info"
        title={t("pool.waitsIn", { pool })}
        testId="pool.band"
        actions={
          can.actions?.includes("claim") && (
            <Button
              kind="primary"
              icon="inbox"
              busy={busy}
              blocked={blocked}
              onClick={() => void claim()}
              testId="pool.bandClaim"
            >
              {t("pool.claim")}
            </Button>
          )
        }
      />
    </div>
  );
}
