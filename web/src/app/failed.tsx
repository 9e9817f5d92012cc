import { useRouteError } from "react-router";
import { FaultView } from "@/components/fault-view";

/** In place of a page that could not be drawn; the rest of the screen stays. */
export function Failed() {
  return <FaultView error={useRouteError()} heading="h1" onRetry={() => location.reload()} />;
}
