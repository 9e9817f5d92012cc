import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDefinition } from "@/api/definitions";
import { useMe } from "@/api/session";
import { Button } from "@/components/button";
import { useFormat } from "@/components/use-format";
import type { Cells } from "../paste/use-cells";
import styles from "./list.module.css";
import type { ListState } from "./list-state";
import { type ListSelection, noSelection } from "./use-selection";

const BulkBar = lazy(() => import("../bulk/bulk-bar"));
const CellMenu = lazy(() => import("../paste/cell-menu"));
const ExportDialog = lazy(() => import("./export-dialog"));

interface ListFooterProps {
  readonly object: ObjectDefinition;
  readonly state: ListState;
  readonly total: number | undefined;
  readonly selection?: ListSelection;
  /** Left out, there are no cells that could be copied. */
  readonly cells?: Cells | undefined;
  /** The sums of all. */
  readonly totals?: readonly string[] | undefined;
  /** How many groups are shown where there are more; 0 when all are. */
  readonly groupsShown?: number;
}

/** How many records there are, how many are chosen, and taking them out. */
export function ListFooter(props: ListFooterProps) {
  const { object, state, total, selection = noSelection, totals = [], cells } = props;
  const { groupsShown = 0 } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const [exporting, setExporting] = useState(false);
  const { count } = selection;
  return (
    <footer className={styles.footer}>
      <span role="status" data-testid="list.total">
        {total !== undefined && t("list.total", { count: total, n: format.number(total) })}
      </span>
      {groupsShown > 0 && (
        <span role="status" data-testid="list.groupsCut">
          {t("group.cut", { n: format.number(groupsShown) })}
        </span>
      )}
      {totals.length > 0 && (
        <span className={styles.totals} data-testid="list.totals">
          {t("group.total", { totals: totals.join(" · ") })}
        </span>
      )}
      {count > 0 && (
        <>
          <span className={styles.chosen} data-testid="list.selected">
            {t("list.selected", { count, n: format.number(count) })}
          </span>
          <Button kind="quiet" onClick={selection.clear}>
            {t("list.unselect")}
          </Button>
        </>
      )}
      {selection !== noSelection && (
        <Suspense>
          <BulkBar object={object} state={state} selection={selection} />
        </Suspense>
      )}
      <span className={styles.gap} />
      {cells && (total ?? 0) > 0 && (
        <Suspense>
          <CellMenu cells={cells} selection={selection} />
        </Suspense>
      )}
      {me.abilities.includes("export") && (total ?? 0) > 0 && (
        <Button
          kind="quiet"
          icon="download"
          onClick={() => setExporting(true)}
          testId="list.export"
        >
          {t("action.export")}
        </Button>
      )}
      {exporting && (
        <Suspense>
          <ExportDialog
            object={object}
            state={state}
            total={total ?? 0}
            selection={selection}
            onClose={() => setExporting(false)}
          />
        </Suspense>
      )}
    </footer>
  );
}
