import { useMemo } from "react";
import { useSearchParams } from "react-router";
import type { FigureFilter } from "@/api/figures";

const names = ["period", "from", "to", "owner", "department"] as const;

/** The periods that are offered by name. */
export const periods = [
  "today",
  "this_week",
  "last_7_days",
  "this_month",
  "last_month",
  "last_30_days",
  "this_quarter",
  "last_90_days",
  "this_year",
] as const;

/** What may be changed of a filter; null takes a choice back. */
export type FilterChange = { readonly [name in keyof FigureFilter]: string | null };

/** Reads a filter from an address. Of days, both are needed. */
export function readFilter(params: URLSearchParams): FigureFilter {
  const given = names.flatMap((name) => {
    const value = params.get(name);
    return value ? [[name, value] as const] : [];
  });
  const filter: FigureFilter = Object.fromEntries(given);
  const { period, from, to, ...whose } = filter;
  if (period) return { ...whose, period };
  return from && to ? { ...whose, from, to } : whose;
}

/** What the reader chose, kept in the address. */
export function useFilter() {
  const [params, setParams] = useSearchParams();
  const filter = useMemo(() => readFilter(params), [params]);
  const change = (what: FilterChange) =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      for (const [name, value] of Object.entries(what)) {
        if (value) next.set(name, value);
        else next.delete(name);
      }
      return next;
    });
  return [filter, params, change] as const;
}
