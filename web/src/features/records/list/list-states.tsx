import { type ComponentType, lazy, type ReactNode, Suspense } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDefinition } from "@/api/definitions";
import { Button } from "@/components/button";
import { FaultView } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import type { ClaimCellProps } from "../pool/claim-cell";
import styles from "./list.module.css";
import type { ListChange, ListState } from "./list-state";

const EmptyList = lazy(() => import("./empty-list"));

/** What every way of listing records is given. */
export interface BodyProps {
  readonly object: ObjectDefinition;
  readonly state: ListState;
  readonly onChange: (change: ListChange) => void;
  /** Where records wait to be taken: the button, beside what it is given. */
  readonly claim?: ComponentType<ClaimCellProps> | undefined;
}

interface ListStatesProps extends BodyProps {
  readonly error: unknown;
  readonly onRetry: () => void;
  /** Whether there is something to show already. */
  readonly ready: boolean;
  /** Whether it is known that there is nothing. */
  readonly empty: boolean;
  readonly children: ReactNode;
}

/** What stands in place of the records when there are none, not yet, or by mistake. */
export function ListStates(props: ListStatesProps) {
  const { object, state, onChange, error } = props;
  const { t } = useTranslation();
  const narrowed = state.where !== "" || state.q !== "";
  if (error) {
    return (
      <FaultView
        error={error}
        onRetry={props.onRetry}
        actions={
          narrowed && (
            <Button onClick={() => onChange({ where: "", q: "" })} testId="list.removeAll">
              {t("list.removeAll")}
            </Button>
          )
        }
      />
    );
  }
  if (!props.ready) {
    return (
      <div className={styles.waiting}>
        <Skeleton lines={8} />
      </div>
    );
  }
  if (!props.empty) return props.children;
  return (
    <Suspense>
      <EmptyList object={object} state={state} onChange={onChange} narrowed={narrowed} />
    </Suspense>
  );
}
