import { useQuery } from "@tanstack/react-query";
import { keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { listChanges } from "@/api/timeline";
import type { Change, RecordData } from "@/api/types";

const day = 86_400_000;

/**
 * For how many whole days a record has had the value of a field; undefined while that is not known.
 * Where no field of the record says since when, its history does.
 */
export function useDaysSince(
  object: string,
  record: RecordData,
  field: string,
): number | undefined {
  const { id, version } = record;
  const kept = record[useCatalog().sinceField(object, field)?.name ?? ""];
  const since = useQuery({
    queryKey: [...keys.record(object, id), "since", field, version],
    queryFn: async ({ signal }) => sinceOf(await listChanges(object, id, signal), field),
    enabled: !kept,
  });
  const instant = kept ?? since.data;
  return typeof instant === "string" ? daysSince(instant) : undefined;
}

/** How many whole days ago an instant was. */
export function daysSince(instant: string): number {
  return Math.max(0, Math.floor((Date.now() - Date.parse(instant)) / day));
}

/** When the newest change of a field was; null when these changes, newest first, do not hold it. */
export function sinceOf(changes: readonly Change[], field: string): string | null {
  const last = changes.find(
    ({ action, after }) => action === "create" || (after && field in after),
  );
  return last?.at ?? null;
}
