import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDefinition } from "@/api/definitions";
import { Button } from "@/components/button";
import { useNeedsServer } from "@/components/use-needs-server";
import type { ListState } from "../list/list-state";
import type { ListSelection } from "../list/use-selection";
import { BulkReport } from "./bulk-report";
import { useBulk } from "./use-bulk";

const PoolButtons = lazy(() => import("../pool/pool-buttons"));
const BulkDialog = lazy(() => import("./bulk-dialog"));

interface BulkBarProps {
  readonly object: ObjectDefinition;
  readonly state: ListState;
  readonly selection: ListSelection;
}

/** What can be done with the chosen records, and how far it has come. */
export default function BulkBar({ object, state, selection }: BulkBarProps) {
  const { t } = useTranslation();
  const bulk = useBulk(object.name);
  const [task, setTask] = useState<"update" | "delete" | null>(null);
  const { count } = selection;
  const blocked = useNeedsServer();
  return (
    <>
      {count > 0 && object.can?.update && (
        <Button
          kind="quiet"
          icon="edit"
          disabled={bulk.running}
          blocked={blocked}
          onClick={() => setTask("update")}
          testId="bulk.edit"
        >
          {t("bulk.edit")}
        </Button>
      )}
      {count > 0 && object.can?.delete && (
        <Button
          kind="quiet"
          icon="trash"
          disabled={bulk.running}
          blocked={blocked}
          onClick={() => setTask("delete")}
          testId="bulk.delete"
        >
          {t("bulk.delete")}
        </Button>
      )}
      {count > 0 && object.behaviours?.pool && (
        <Suspense>
          <PoolButtons object={object} state={state} selection={selection} />
        </Suspense>
      )}
      <BulkReport object={object.name} bulk={bulk} />
      {task && (
        <Suspense>
          <BulkDialog
            object={object}
            kind={task}
            scope={{ ids: selection.all ? null : selection.ids, where: state.where, q: state.q }}
            count={count}
            bulk={bulk}
            onClose={() => setTask(null)}
          />
        </Suspense>
      )}
    </>
  );
}
