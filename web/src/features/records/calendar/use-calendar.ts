import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import type { Field } from "@/api/catalog";
import { firstPage, keys } from "@/api/keys";
import { countQuery, largestPage, listRecords } from "@/api/records";
import { useFormat } from "@/components/use-format";
import { usePhone } from "@/components/use-media";
import { civilDate } from "@/lib/format";
import type { ListState } from "../list/list-state";
import {
  daysOf,
  entryOf,
  isDate,
  type Span,
  spans,
  weekStart,
  whereDays,
  whereUndated,
} from "./model";

const undatedAtOnce = 20;

/** What a calendar shows, kept in the address. On a phone it is always the agenda. */
export function usePlace() {
  const { reader } = useFormat();
  const phone = usePhone();
  const [params, setParams] = useSearchParams();
  const today = civilDate(new Date().toISOString(), reader.timezone);
  const wanted = params.get("day");
  const day = isDate(wanted) ? wanted : today;
  const span: Span = phone
    ? "agenda"
    : (spans.find((one) => one === params.get("span")) ?? "month");
  const days = useMemo(
    () => daysOf(span, day, weekStart(reader.language, navigator.language)),
    [span, day, reader.language],
  );
  const undated = params.has("undated");
  const go = (next: { readonly day?: string; readonly span?: Span }) => {
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(next)) after.set(name, value);
        return after;
      },
      { replace: true },
    );
  };
  const openUndated = (open: boolean) => {
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (open) after.set("undated", "");
        else after.delete("undated");
        return after;
      },
      { replace: true },
    );
  };
  return { today, day, span, days, go, undated, openUndated, phone };
}

/** The entries on some days. */
export function useEntries(
  object: string,
  state: ListState,
  fields: readonly string[],
  start: Field,
  end: Field | undefined,
  days: readonly string[],
) {
  const { timezone } = useFormat().reader;
  const where = whereDays(state.where, start, end, days);
  const found = useQuery({
    queryKey: keys.page(object, "days", where, state.q, fields),
    queryFn: ({ signal }) =>
      listRecords(
        object,
        { where, q: state.q, sort: [start.name], fields, limit: largestPage },
        signal,
      ),
    placeholderData: keepPreviousData,
  });
  const entries = useMemo(
    () =>
      (found.data?.data ?? []).map((record) => {
        const row = { record, included: found.data?.included };
        return entryOf(row, start, end, timezone);
      }),
    [found.data, start, end, timezone],
  );
  return { ...found, entries, cut: found.data?.page.next != null };
}

/** The entries that have no day yet: how many, and once they are asked for, which. */
export function useUndated(
  object: string,
  state: ListState,
  fields: readonly string[],
  start: Field,
  open: boolean,
) {
  const { timezone } = useFormat().reader;
  const { q, sort } = state;
  const where = whereUndated(state.where, start);
  const count = useQuery(countQuery(object, { where, q }));
  const found = useInfiniteQuery({
    queryKey: keys.page(object, "undated", where, q, sort, fields),
    queryFn: ({ pageParam, signal }) =>
      listRecords(
        object,
        { where, q, sort, fields, limit: undatedAtOnce, cursor: pageParam },
        signal,
      ),
    initialPageParam: firstPage,
    getNextPageParam: (last) => last.page.next ?? undefined,
    enabled: open,
  });
  const entries = useMemo(
    () =>
      (found.data?.pages ?? []).flatMap((page) =>
        page.data.map((record) =>
          entryOf({ record, included: page.included }, start, undefined, timezone),
        ),
      ),
    [found.data, start, timezone],
  );
  return { ...found, entries, count: count.data };
}
