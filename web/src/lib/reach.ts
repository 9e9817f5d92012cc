import { useSyncExternalStore } from "react";

/** Whether the server is out of reach, and of when the oldest kept answer is that is shown. */
interface Reach {
  readonly offline: boolean;
  readonly asOf: string | null;
}

const there: Reach = { offline: false, asOf: null };
const changed = new Set<() => void>();
let reach = there;

function become(next: Reach): void {
  if (next.offline === reach.offline && next.asOf === reach.asOf) return;
  reach = next;
  for (const tell of changed) tell();
}

/** Notes that the server has answered. */
export function noteReached(): void {
  become(there);
}

/** Notes that it has not, and of when the answer is that stands in for it. */
export function noteUnreached(asOf?: string): void {
  const older = [reach.asOf, asOf].filter((at) => at !== null && at !== undefined).sort()[0];
  become({ offline: true, asOf: older ?? null });
}

/** Follows whether the server is in reach. */
export function useReach(): Reach {
  return useSyncExternalStore(
    (tell) => {
      changed.add(tell);
      return () => changed.delete(tell);
    },
    () => reach,
  );
}
