import {
  type InfiniteData,
  type QueryClient,
  useInfiniteQuery,
  useQuery,
} from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { firstPage, keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { figuresQuery, listRecords } from "@/api/records";
import type { RecordPage } from "@/api/types";
import { quoted } from "@/kinds/field/look";
import { targetOf } from "@/kinds/field/lookup";
import type { ListState } from "../list/list-state";
import type { ListRow } from "../list/use-rows";
import { columnsOf, countName, totalName, whereColumn } from "./model";

const cardsAtOnce = 20;
const mostPeople = 100;

/** The columns of a board with their figures. */
export function useColumns(
  object: string,
  state: ListState,
  field: Field,
  totals: readonly Field[],
) {
  const { t } = useTranslation();
  const figures = useQuery({
    ...figuresQuery(object, {
      where: state.where || undefined,
      q: state.q || undefined,
      groups: [{ field: field.name }],
      measures: [
        { as: countName, function: "count" },
        ...totals.map((one, at) => ({
          as: totalName(at),
          function: "sum" as const,
          field: one.name,
        })),
      ],
    }),
    placeholderData: (before) => before,
  });
  const people = usePeople(
    field,
    (figures.data ?? []).flatMap((row) => (field.oneOf ? [] : String(row[field.name] ?? ""))),
  );
  const columns = useMemo(
    () =>
      columnsOf(field, totals.length, figures.data ?? [], {
        person: (id) => people.get(id) ?? t("field.unseenRecord"),
        none: t("kanban.none", { field: field.title }),
      }),
    [field, totals.length, figures.data, people, t],
  );
  return { columns, figures };
}

/** The names of people. */
function usePeople(field: Field, ids: readonly string[]): ReadonlyMap<string, string> {
  const catalog = useCatalog();
  const target = targetOf(field);
  const display = catalog.display(target);
  const wanted = ids.filter(Boolean).slice(0, mostPeople);
  const where = `id in [${wanted.map(quoted).join(", ")}]`;
  const found = useQuery({
    queryKey: keys.page(target, "names", where),
    queryFn: ({ signal }) =>
      listRecords(target, { where, fields: ["id", display], limit: mostPeople }, signal),
    enabled: wanted.length > 0,
    placeholderData: (before) => before,
    retry: false,
  });
  return useMemo(
    () => new Map(found.data?.data.map((one) => [one.id, String(one[display] ?? one.id)])),
    [found.data, display],
  );
}

/** The key under which the cards of a column are kept. */
export function cardsKey(
  object: string,
  state: ListState,
  fields: readonly string[],
  field: Field,
  value: string | null,
) {
  const { where, q, sort } = state;
  return keys.page(object, "column", where, q, sort, fields, field.name, value);
}

interface BoardAsked {
  readonly object: string;
  readonly state: ListState;
  readonly names: readonly string[];
  readonly group: Field;
}

/** Where a card stands in its column by now: its place, and how many there are. */
export function positionOf(
  client: QueryClient,
  { object, state, names, group }: BoardAsked,
  to: string,
  id: string,
): number | undefined {
  const key = cardsKey(object, state, names, group, to || null);
  const found = client.getQueryData<InfiniteData<RecordPage>>(key);
  const at = found?.pages.flatMap((page) => page.data).findIndex((record) => record.id === id);
  return at === undefined || at < 0 ? undefined : at + 1;
}

/** The card with this id, in whichever column it was fetched. */
export function cardOf(client: QueryClient, object: string, id: string): ListRow | undefined {
  const columns = client.getQueriesData<InfiniteData<RecordPage>>({
    queryKey: keys.page(object, "column"),
  });
  for (const [, found] of columns.toReversed()) {
    for (const page of found?.pages ?? []) {
      const record = page.data.find((one) => one.id === id);
      if (record) return { record, included: page.included };
    }
  }
  return undefined;
}

/** The cards of one column, fetched as one scrolls to them. */
export function useCards(
  object: string,
  state: ListState,
  fields: readonly string[],
  field: Field,
  value: string | null,
) {
  const { where, q, sort } = state;
  const found = useInfiniteQuery({
    queryKey: cardsKey(object, state, fields, field, value),
    queryFn: ({ pageParam, signal }) =>
      listRecords(
        object,
        {
          where: whereColumn(where, field, value),
          q,
          sort,
          fields,
          limit: cardsAtOnce,
          cursor: pageParam,
        },
        signal,
      ),
    initialPageParam: firstPage,
    getNextPageParam: (last) => last.page.next ?? undefined,
  });
  const rows = useMemo(
    () =>
      found.data?.pages.flatMap((page) =>
        page.data.map((record): ListRow => ({ record, included: page.included })),
      ),
    [found.data],
  );
  return { ...found, rows };
}
