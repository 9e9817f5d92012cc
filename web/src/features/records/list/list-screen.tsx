import { lazy, Suspense, useState } from "react";
import type { ObjectDefinition } from "@/api/definitions";
import { pluralOf, useCatalog } from "@/api/meta";
import { Skeleton } from "@/components/skeleton";
import { useTitle } from "@/components/use-title";
import { FilterChips } from "../filter/filter-chips";
import { useColumnWidths } from "./column-widths";
import styles from "./list.module.css";
import { ListHeader } from "./list-header";
import { useListState } from "./list-state";
import { ListToolbar } from "./list-toolbar";
import { TableBody } from "./table-body";

const FilterPanel = lazy(() => import("../filter/filter-panel"));

/** The ways to list records beside the table, each fetched when it is first used. */
const bodies = {
  kanban: lazy(() => import("../kanban/kanban-body")),
  calendar: lazy(() => import("../calendar/calendar-body")),
  gallery: lazy(() => import("../gallery/gallery-body")),
  split: lazy(() => import("../split/split-body")),
};

/** Find, compare and export records of one object: the frame around every type of view. */
export function ListScreen({ object }: { object: ObjectDefinition }) {
  const catalog = useCatalog();
  const [state, change] = useListState(catalog, object.name);
  const [filtering, setFiltering] = useState(false);
  const columnWidths = useColumnWidths(object.name);
  useTitle(pluralOf(object));

  const bodyProps = { object, state, onChange: change };
  const Body = state.type === "table" ? null : bodies[state.type];
  return (
    <div className={styles.screen} data-testid={`list.${object.name}`}>
      <ListHeader object={object} state={state} />
      <ListToolbar
        {...bodyProps}
        filtering={filtering}
        onFilter={() => setFiltering(!filtering)}
        columnWidths={columnWidths}
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
      {Body ? (
        <Suspense
          fallback={
            <div className={styles.waiting}>
              <Skeleton lines={8} />
            </div>
          }
        >
          <Body key={state.view.name} {...bodyProps} />
        </Suspense>
      ) : (
        <TableBody {...bodyProps} columnWidths={columnWidths} />
      )}
    </div>
  );
}
