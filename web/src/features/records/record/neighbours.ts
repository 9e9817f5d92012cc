import { useQuery } from "@tanstack/react-query";
import { useLocation } from "react-router";
import { keys } from "@/api/keys";
import { listRecords } from "@/api/records";

/** The list that a record was opened from; it travels with the link. */
export interface ListOrigin {
  readonly view: string;
  readonly where: string;
  readonly q: string;
  readonly sort: readonly string[];
}

/** The address of a record. */
export function recordAddress(object: string, id: string): string {
  return `/o/${object}/${id}`;
}

const near = 1_000;

/** The records before and after this one among the first of the list it was opened from. */
export function useNeighbours(object: string, id: string) {
  const state: unknown = useLocation().state;
  const origin = isOrigin(state) ? state : null;
  const around = useQuery({
    queryKey: keys.neighbours(object, origin),
    queryFn: async ({ signal }) => {
      const { where, q, sort } = origin ?? {};
      const query = { where, q, sort, fields: ["id"], limit: near };
      return (await listRecords(object, query, signal)).data.map((record) => record.id);
    },
    enabled: origin !== null,
    staleTime: 60_000,
  });
  const ids = around.data ?? [];
  const at = ids.indexOf(id);
  return {
    origin,
    before: at > 0 ? ids[at - 1] : undefined,
    after: at >= 0 ? ids[at + 1] : undefined,
  };
}

function isOrigin(state: unknown): state is ListOrigin {
  return typeof state === "object" && state !== null && "where" in state && "sort" in state;
}
