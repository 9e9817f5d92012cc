import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { ObjectDefinition } from "@/api/definitions";
import { useCatalog } from "@/api/meta";
import { isWaiting } from "@/api/pools";
import { countQuery } from "@/api/records";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { useFormat } from "@/components/use-format";
import { type Condition, type Group, withItem } from "../filter/model";
import { useFilter } from "../filter/use-filter";
import { usePartWords } from "../filter/words";
import { writeFilter } from "../filter/write";
import FirstUse from "./first-use";
import type { ListChange, ListState } from "./list-state";

interface NoMatchProps {
  readonly object: ObjectDefinition;
  readonly state: ListState;
  readonly onChange: (change: ListChange) => void;
}

const partsTried = 6;

/** Nothing matches: tells which part of the filter hides the most. */
function NoMatch({ object, state, onChange }: NoMatchProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const reading = useFilter(object.name, state.view, state.where);
  const rows = reading.as === "rows" && reading.rows.join === "and" ? reading.rows : null;
  const parts = (rows?.items ?? []).slice(0, partsTried);
  const without = (key: string) =>
    rows
      ? writeFilter(
          withItem(rows, key, () => null),
          (name) => catalog.field(object.name, name),
        )
      : "";
  const counts = useQueries({
    queries: parts.map((item) => countQuery(object.name, { where: without(item.key), q: state.q })),
  });
  const most = Math.max(0, ...counts.map((count) => count.data ?? 0));
  const worst = parts[counts.findIndex((count) => count.data === most)];
  return (
    <EmptyState
      icon="search"
      title={t("list.noMatch")}
      testId="list.noMatch"
      actions={
        <>
          {worst && most > 0 && (
            <Button
              kind="primary"
              onClick={() => onChange({ where: without(worst.key) })}
              testId="list.removePart"
            >
              {t("list.removePart")}
            </Button>
          )}
          <Button onClick={() => onChange({ where: "", q: "" })} testId="list.removeAll">
            {t("list.removeAll")}
          </Button>
        </>
      }
    >
      {worst && most > 0 && <Suggestion part={worst} object={object.name} count={most} />}
    </EmptyState>
  );
}

interface SuggestionProps {
  readonly part: Condition | Group;
  readonly object: string;
  readonly count: number;
}

function Suggestion({ part, object, count }: SuggestionProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = usePartWords(part, object);
  return <p>{t("list.without", { part: words, count, n: format.number(count) })}</p>;
}

/** What stands in place of records that are not there: what to do first, or what hides the most. */
export default function EmptyList(props: NoMatchProps & { readonly narrowed: boolean }) {
  const { narrowed, ...rest } = props;
  const { t } = useTranslation();
  if (isWaiting(rest.object, rest.state.where) && rest.state.q === "") {
    return (
      <EmptyState icon="inbox" title={t("pool.empty")} testId="pool.empty">
        <p>{t("pool.emptyText")}</p>
      </EmptyState>
    );
  }
  return narrowed ? <NoMatch {...rest} /> : <FirstUse object={rest.object} />;
}
