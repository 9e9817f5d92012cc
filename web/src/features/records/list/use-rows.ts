import { keepPreviousData, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { keys } from "@/api/keys";
import { countQuery, listRecords } from "@/api/records";
import type { Included, RecordData, RecordPage } from "@/api/types";
import { useDebounced } from "@/lib/use-debounced";
import { PageLocator, pageSize } from "./page-locator";

/** A record in a list, with what is known of the records it refers to. */
export interface ListRow {
  readonly record: RecordData;
  readonly included: Included | undefined;
}

interface Asked {
  readonly where: string;
  readonly q: string;
  readonly sort: readonly string[];
  readonly fields: readonly string[];
}

const restBeforeFetching = 60;

/** The records of a list, fetched page by page as they come in sight. */
export function useRows(object: string, asked: Asked) {
  const { where, q, sort, fields } = asked;
  const count = useQuery({
    ...countQuery(object, { where, q }),
    placeholderData: keepPreviousData,
  });
  const total = useRef<number>(undefined);
  useEffect(() => {
    total.current = count.isPlaceholderData ? undefined : count.data;
  }, [count.data, count.isPlaceholderData]);

  const key = JSON.stringify([where, q, sort, fields]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all that is asked
  const locator = useMemo(
    () =>
      new PageLocator(
        (query, signal) => listRecords(object, { where, q, fields, ...query }, signal),
        sort,
        () => total.current,
      ),
    [object, key],
  );

  const client = useQueryClient();
  const pageQuery = (page: number) => ({
    queryKey: keys.page(object, key, page),
    queryFn: ({ signal }: { signal: AbortSignal }) => locator.page(page, signal),
  });
  const [sight, setSight] = useState({ first: 0, last: 0 });
  const onSight = useCallback((first: number, last: number) => setSight({ first, last }), []);
  const rested = useDebounced(sight, restBeforeFetching);
  const pages = pagesIn(rested.first, rested.last);
  const answers = useQueries({ queries: pages.map(pageQuery) });

  const byPage = new Map(pages.map((page, index) => [page, answers[index]?.data]));
  const rowAt = (index: number) => rowIn(byPage.get(Math.floor(index / pageSize)), index);
  const failed = answers.find((answer) => answer.isError);
  return {
    rowAt,
    /** A row that was fetched, be it in sight or not. */
    knownAt: (index: number) => {
      const { queryKey } = pageQuery(Math.floor(index / pageSize));
      return rowIn(client.getQueryData<RecordPage>(queryKey), index);
    },
    /** Fetches rows wherever they are. */
    rowsFrom: async (first: number, last: number): Promise<readonly (ListRow | undefined)[]> => {
      const from = Math.floor(first / pageSize) * pageSize;
      const all = await Promise.all(
        pagesIn(first, last).map((page) => client.fetchQuery(pageQuery(page))),
      );
      const found = all.flatMap((page) =>
        Array.from({ length: pageSize }, (_, index) => rowIn(page, index)),
      );
      return found.slice(first - from, last - from + 1);
    },
    onSight,
    total: count.data,
    /** How many rows there are to draw; the first page may be there before the count. */
    length: count.data ?? answers[0]?.data?.data.length,
    /** Whether the total is of what is asked now, and not of what was asked before. */
    counted: count.data !== undefined && !count.isPlaceholderData,
    error: count.error ?? failed?.error ?? null,
    retry: () => {
      void count.refetch();
      for (const answer of answers) if (answer.isError) void answer.refetch();
    },
  };
}

/** What the hook gives. */
export type Rows = ReturnType<typeof useRows>;

/** A row of a page, by its number in the list. */
export function rowIn(page: RecordPage | undefined, index: number): ListRow | undefined {
  const record = page?.data[index % pageSize];
  return record && { record, included: page?.included };
}

function pagesIn(first: number, last: number): number[] {
  const from = Math.floor(first / pageSize);
  const through = Math.floor(Math.max(first, last) / pageSize);
  return Array.from({ length: through - from + 1 }, (_, index) => from + index);
}
