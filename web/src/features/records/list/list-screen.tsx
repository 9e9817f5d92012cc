import { lazy, Suspense, useState } from "react";
import type { ObjectDefinition } from "@/api/definitions";
import { useWatch } from "@/api/live";
import { pluralOf, useCatalog } from "@/api/meta";
import { isWaiting } from "@/api/pools";
import { Skeleton } from "@/components/skeleton";
import { useTitle } from "@/components/use-title";
import { FilterChips } from "../filter/filter-chips";
import { useWaiting } from "../outbox/use-waiting";
import { WaitingNote } from "../outbox/waiting-note";
import { Claim } from "../pool/claim";
import styles from "./list.module.css";
import { ListHeader } from "./list-header";
import { useListState } from "./list-state";
import { ListToolbar } from "./list-toolbar";

const PoolStrip = lazy(() => import("../pool/pool-strip"));
const FilterPanel = lazy(() => import("../filter/filter-panel"));

/** The ways to list records, each fetched when it is first used. */
const bodies = {
  table: lazy(() => import("./table-body")),
  kanban: lazy(() => import("../kanban/kanban-body")),
  calendar: lazy(() => import("../calendar/calendar-body")),
  gallery: lazy(() => import("../gallery/gallery-body")),
  split: lazy(() => import("../split/split-body")),
};

/** Find, compare and export records of one object: the frame around every type of view. */
export function ListScreen({ object }: { object: ObjectDefinition }) {
  const catalog = useCatalog();
  const { state, change, layers } = useListState(catalog, object.name);
  const [filtering, setFiltering] = useState(false);
  useWatch([object.name]);
  const { made } = useWaiting(object.name);
  useTitle(pluralOf(object));

  const waits = isWaiting(object, state.where);
  const bodyProps = { object, state, onChange: change };
  const Body = bodies[state.type];
  return (
    <div
      className={styles.screen}
      data-waits={waits || undefined}
      data-testid={`list.${object.name}`}
    >
      <ListHeader object={object} state={state} layers={layers.all} />
      <WaitingNote waiting={made} />
      {waits && (
        <Suspense fallback={<Skeleton lines={1} />}>
          <PoolStrip {...bodyProps} />
        </Suspense>
      )}
      <ListToolbar
        {...bodyProps}
        layers={layers}
        filtering={filtering}
        onFilter={() => setFiltering(!filtering)}
      />
      {filtering ? (
        <Suspense fallback={<Skeleton lines={2} />}>
          <FilterPanel
            object={object.name}
            view={state.view}
            where={state.where}
            q={state.q}
            onApply={(where) => change({ where })}
            onClose={() => setFiltering(false)}
          />
        </Suspense>
      ) : (
        <FilterChips
          object={object.name}
          view={state.view}
          where={state.where}
          onChange={(where) => change({ where })}
        />
      )}
      <Suspense fallback={<Waiting />}>
        {layers.ready ? (
          <Body key={state.view.name} {...bodyProps} claim={waits ? Claim : undefined} />
        ) : (
          <Waiting />
        )}
      </Suspense>
    </div>
  );
}

function Waiting() {
  return (
    <div className={styles.waiting}>
      <Skeleton lines={8} />
    </div>
  );
}
