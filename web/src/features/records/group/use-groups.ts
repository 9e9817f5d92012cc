import { keepPreviousData, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { displayOf, figuresQuery, listRecords } from "@/api/records";
import { useMe } from "@/api/session";
import type { Included, RecordPage, Value } from "@/api/types";
import { useFormat } from "@/components/use-format";
import { groupLabel } from "@/kinds/field/group-label";
import { quoted } from "@/kinds/field/look";
import { targetOf } from "@/kinds/field/lookup";
import { useDebounced } from "@/lib/use-debounced";
import type { ListState } from "../list/list-state";
import { PageLocator, pageSize } from "../list/page-locator";
import { type ListRow, rowIn, useRows } from "../list/use-rows";
import { groupParts } from "../list/views";
import {
  countName,
  type Group,
  groupsOf,
  isTimed,
  Layout,
  totalName,
  usualUnit,
  whereGroup,
} from "./model";

const restBeforeFetching = 60;
/** More groups than this begin folded, so that one sees them. */
const mostOpen = 20;
const mostGroups = 1_000;

/** The records of a list group by group, with their figures; fetched as they come in sight. */
export function useGroups(
  object: string,
  state: ListState,
  fields: readonly string[],
  sums: readonly Field[],
) {
  const { where, q, sort, group } = state;
  const catalog = useCatalog();
  const parts = groupParts(group);
  const field = catalog.field(object, parts.field);
  const by = field && isTimed(field) ? (parts.by ?? usualUnit) : undefined;
  const plain = useRows(object, { where, q, sort, fields });
  const measures = [
    { as: countName, function: "count" as const },
    ...sums.map((one) => ({ as: totalName(one), function: "sum" as const, field: one.name })),
  ];
  const asked = { where: where || undefined, q: q || undefined, measures };
  const grouping = field ? [{ field: field.name, ...(by && { by }) }] : [];
  const figures = useQuery({
    ...figuresQuery(object, {
      ...asked,
      groups: grouping,
      sort: [`-${countName}`],
      limit: mostGroups + 1,
    }),
    enabled: field !== undefined,
    placeholderData: keepPreviousData,
  });
  const whole = useQuery({
    ...figuresQuery(object, { ...asked, groups: [] }),
    enabled: field !== undefined && sums.length > 0,
    placeholderData: keepPreviousData,
  });
  const nameOf = useNames(
    field,
    by,
    figures.data?.slice(0, mostGroups).map((row) => row[field?.name ?? ""] ?? null) ?? [],
  );
  const groups = useMemo(
    () => (field ? groupsOf(field, (figures.data ?? []).slice(0, mostGroups), nameOf) : []),
    [field, figures.data, nameOf],
  );
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const folds = groups.length > mostOpen;
  const isOpen = useCallback((key: string) => turned.has(key) === folds, [turned, folds]);
  const layout = useMemo(
    () => new Layout(groups, new Set(groups.map((one) => one.key).filter((key) => !isOpen(key)))),
    [groups, isOpen],
  );
  const rows = useGroupRows(object, { where, q, sort, fields, field, by }, groups, layout);
  if (!field) {
    return { rows: plain, field, by, nameOf, totals: undefined, groupAt: undefined, cut: 0 };
  }
  return {
    /** How many groups are shown where there are more. */
    cut: (figures.data?.length ?? 0) > mostGroups ? mostGroups : 0,
    rows: {
      ...plain,
      ...rows,
      length: figures.data ? layout.length : undefined,
      error: plain.error ?? figures.error ?? rows.error,
      retry: () => {
        plain.retry();
        void figures.refetch();
        rows.retry();
      },
    },
    field,
    by,
    nameOf,
    totals: whole.data?.[0],
    groupAt: (row: number) => {
      const { group: at, place } = layout.at(row);
      const found = groups[at];
      if (!found || place >= 0) return undefined;
      const toggle = () =>
        setTurned((before) => {
          const next = new Set(before);
          if (!next.delete(found.key)) next.add(found.key);
          return next;
        });
      return { ...found, open: isOpen(found.key), toggle };
    },
  };
}

interface GroupQuery {
  readonly where: string;
  readonly q: string;
  readonly sort: readonly string[];
  readonly fields: readonly string[];
  readonly field: Field | undefined;
  readonly by: string | undefined;
}

/** The records in sight, each page of a group fetched once. */
function useGroupRows(object: string, asked: GroupQuery, groups: readonly Group[], layout: Layout) {
  const { where, q, sort, fields, field, by } = asked;
  const fiscalStart = useMe().organisation.fiscal_year_start;
  const key = JSON.stringify([where, q, sort, fields, field?.name, by, fiscalStart]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says all that is asked
  const locators = useMemo(() => new Map<string, PageLocator>(), [object, key]);
  const locator = (group: Group): PageLocator => {
    const known = locators.get(group.key);
    if (known) return known;
    const own = field ? whereGroup(where, field, by, group, fiscalStart) : where;
    const made = new PageLocator(
      (query, signal) => listRecords(object, { where: own, q, fields, ...query }, signal),
      sort,
      () => group.count,
    );
    locators.set(group.key, made);
    return made;
  };
  const [sight, setSight] = useState({ first: 0, last: 0 });
  const onSight = useCallback((first: number, last: number) => setSight({ first, last }), []);
  const rested = useDebounced(sight, restBeforeFetching);
  const client = useQueryClient();
  const placeOf = (row: number) => {
    const { group: at, place } = layout.at(row);
    const group = groups[at];
    if (!group || place < 0) return undefined;
    const page = Math.floor(place / pageSize);
    const query = {
      queryKey: keys.page(object, "group", key, group.key, page),
      queryFn: ({ signal }: { signal: AbortSignal }) => locator(group).page(page, signal),
    };
    return { name: `${group.key}/${page}`, place, query };
  };
  const wanted = new Map<string, NonNullable<ReturnType<typeof placeOf>>["query"]>();
  for (let row = rested.first; row <= Math.min(rested.last, layout.length - 1); row++) {
    const at = placeOf(row);
    if (at) wanted.set(at.name, at.query);
  }
  const answers = useQueries({ queries: [...wanted.values()] });
  const pages = new Map([...wanted.keys()].map((name, index) => [name, answers[index]?.data]));
  const failed = answers.find((answer) => answer.isError);
  return {
    onSight,
    rowAt: (row: number) => {
      const at = placeOf(row);
      return at && rowIn(pages.get(at.name), at.place);
    },
    knownAt: (row: number) => {
      const at = placeOf(row);
      return at && rowIn(client.getQueryData<RecordPage>(at.query.queryKey), at.place);
    },
    rowsFrom: (first: number, last: number): Promise<readonly (ListRow | undefined)[]> => {
      const rows = Array.from({ length: last - first + 1 }, (_, index) => placeOf(first + index));
      return Promise.all(
        rows.map(async (at) => at && rowIn(await client.fetchQuery(at.query), at.place)),
      );
    },
    error: failed?.error ?? null,
    retry: () => {
      for (const answer of answers) if (answer.isError) void answer.refetch();
    },
  };
}

/** What the groups are called; the names of records that they point to are asked for. */
function useNames(field: Field | undefined, by: string | undefined, values: readonly Value[]) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const pointing = field !== undefined && ["user", "lookup", "department"].includes(field.field);
  const target = field && pointing ? targetOf(field) : "";
  const display = catalog.display(target);
  const ids = pointing ? values.filter((value) => typeof value === "string") : [];
  const where = `id in [${ids.map(quoted).join(", ")}]`;
  const found = useQuery({
    queryKey: keys.page(target, "names", where),
    queryFn: ({ signal }) =>
      listRecords(target, { where, fields: ["id", display], limit: mostGroups }, signal),
    enabled: ids.length > 0,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return useCallback(
    (value: Value): string => {
      const named = (found.data?.data ?? []).map((one) => {
        return [one.id, { id: one.id, display: displayOf(one, display) }] as const;
      });
      const included: Included = { [target]: Object.fromEntries(named) };
      return groupLabel(field, by, value, { format, t, included });
    },
    [field, by, found.data, display, target, format, t],
  );
}
