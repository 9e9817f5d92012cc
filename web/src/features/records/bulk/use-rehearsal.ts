import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { keys } from "@/api/keys";
import type { RecordData } from "@/api/types";
import { useDebounced } from "@/lib/use-debounced";
import { type BulkProgress, type BulkTask, operationsOf, rehearse } from "./work";

const restBeforeAsking = 300;
const nothing: BulkProgress = { done: 0, total: 0, changed: 0, blocked: new Map() };

/**
 * Asks what a task would do to records, as they were found then, once it has rested; null asks
 * nothing yet.
 */
export function useRehearsal(
  object: string,
  records: readonly RecordData[] | null,
  then: number,
  task: BulkTask,
) {
  const [progress, setProgress] = useState(nothing);
  const asked = records && JSON.stringify([task, then]);
  const rested = useDebounced(asked, restBeforeAsking);
  const found = useQuery({
    queryKey: keys.page(object, "rehearsal", rested),
    queryFn: ({ signal }) =>
      rehearse(object, operationsOf(records ?? [], task), setProgress, signal),
    enabled: asked !== null && rested === asked,
    gcTime: 0,
    staleTime: 0,
    retry: false,
  });
  const settled = asked !== null && rested === asked;
  return {
    progress,
    result: settled ? found.data : undefined,
    checking: asked !== null && (!settled || found.isFetching),
    error: settled ? found.error : null,
  };
}

/** What the hook gives. */
export type Rehearsal = ReturnType<typeof useRehearsal>;
