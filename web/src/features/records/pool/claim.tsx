import { lazy, Suspense } from "react";
import type { ClaimCellProps } from "./claim-cell";

const ClaimCell = lazy(() => import("./claim-cell"));

/** The cell of a record that waits, fetched where one does; until then what it names. */
export function Claim(props: ClaimCellProps) {
  return (
    <Suspense fallback={props.children}>
      <ClaimCell {...props} />
    </Suspense>
  );
}
