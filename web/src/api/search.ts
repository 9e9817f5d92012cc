import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { requestData } from "./client";
import { keys } from "./keys";
import { displayOf, listRecords } from "./records";

/** A record that was found, with the text in which it was. */
export interface Found {
  readonly object: string;
  readonly id: string;
  readonly display: string;
  readonly field: string;
  readonly snippet: string;
}

/** The records of all objects, or of some, that a typed text means; the best first. */
export function searchQuery(q: string, objects?: readonly string[]) {
  return queryOptions({
    queryKey: keys.search(q, objects?.join(",")),
    queryFn: ({ signal }) =>
      requestData<readonly Found[]>("GET", "/search", {
        query: { q, objects: objects?.join(","), limit: 12 },
        signal,
      }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
}

/** What records of an object are called now, of those that the caller may see. */
export function namesQuery(object: string, display: string, ids: readonly string[]) {
  return queryOptions({
    queryKey: keys.lookup(object, "names", ...ids),
    queryFn: async ({ signal }) => {
      const where = `id in ${JSON.stringify(ids)}`;
      const page = await listRecords(object, { where, fields: ["id", display] }, signal);
      return page.data.map((record) => ({ id: record.id, display: displayOf(record, display) }));
    },
    staleTime: 30_000,
    retry: false,
  });
}
