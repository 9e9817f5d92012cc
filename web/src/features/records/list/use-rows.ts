import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { keys } from "@/api/keys";
import { countQuery, listRecords } from "@/api/records";
import type { Included, RecordData } from "@/api/types";
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

  const [sight, setSight] = useState({ first: 0, last: 0 });
  const onSight = useCallback((first: number, last: number) => setSight({ first, last }), []);
  const rested = useDebounced(sight, restBeforeFetching);
  const pages = pagesIn(rested.first, rested.last);
  const answers = useQueries({
    queries: pages.map((page) => ({
      queryKey: keys.page(object, key, page),
      queryFn: ({ signal }: { signal: AbortSignal }) => locator.page(page, signal),
    })),
  });

  const byPage = new Map(pages.map((page, index) => [page, answers[index]?.data]));
  const rowAt = (index: number): ListRow | undefined => {
    const page = byPage.get(Math.floor(index / pageSize));
    const record = page?.data[index % pageSize];
    return record && { record, included: page?.included };
  };
  const failed = answers.find((answer) => answer.isError);
  return {
    rowAt,
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

function pagesIn(first: number, last: number): number[] {
  const from = Math.floor(first / pageSize);
  const through = Math.floor(Math.max(first, last) / pageSize);
  return Array.from({ length: through - from + 1 }, (_, index) => from + index);
}
