import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDefinition } from "@/api/definitions";
import { isWaiting, mostAtOnce, type PoolAction, poolsQuery } from "@/api/pools";
import { Button } from "@/components/button";
import { useFormat } from "@/components/use-format";
import { useNeedsServer } from "@/components/use-needs-server";
import type { ListState } from "../list/list-state";
import type { ListSelection } from "../list/use-selection";
import { usePoolActs } from "./use-pool-acts";

const PoolDialog = lazy(() => import("./pool-dialog"));

interface PoolButtonsProps {
  readonly object: ObjectDefinition;
  readonly state: ListState;
  readonly selection: ListSelection;
}

/** What can be done with the chosen records of pools: take, assign, or give them back. */
export default function PoolButtons({ object, state, selection }: PoolButtonsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: pools = [] } = useQuery(poolsQuery(object.name));
  const { many } = usePoolActs(object.name);
  const [asking, setAsking] = useState<PoolAction | null>(null);
  const [busy, setBusy] = useState(false);
  const offline = useNeedsServer();
  const tooMany = selection.all || selection.count > mostAtOnce;
  const most = { n: format.number(mostAtOnce) };
  const blocked = offline ?? (tooMany ? t("pool.tooMany", most) : undefined);
  const waits = isWaiting(object, state.where);
  const claim = async () => {
    setBusy(true);
    await many("claim", selection.ids);
    setBusy(false);
    selection.clear();
  };
  const button = (action: PoolAction, perform: () => void) => (
    <Button
      key={action}
      kind="quiet"
      icon={action === "release" ? "undo" : action === "assign" ? "user-plus" : "inbox"}
      busy={busy && action === "claim"}
      blocked={blocked}
      onClick={perform}
      testId={`pool.${action}Many`}
    >
      {t(action === "claim" ? "pool.claim" : `pool.ask.${action}`)}
    </Button>
  );
  return (
    <>
      {waits && pools.some((pool) => pool.can_claim) && button("claim", () => void claim())}
      {waits &&
        pools.some((pool) => pool.can_assign) &&
        button("assign", () => setAsking("assign"))}
      {!waits && object.can?.update && button("release", () => setAsking("release"))}
      {asking && asking !== "claim" && (
        <Suspense>
          <PoolDialog
            object={object}
            action={asking}
            count={selection.count}
            onAct={async (ask) => {
              await many(asking, selection.ids, ask);
              selection.clear();
            }}
            onClose={() => setAsking(null)}
          />
        </Suspense>
      )}
    </>
  );
}
