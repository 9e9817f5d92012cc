import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { ObjectDefinition } from "@/api/definitions";
import { firstPage, keys } from "@/api/keys";
import { listTimeline, type TimelineEntry, type TimelineKind } from "@/api/timeline";
import type { Included, RecordAnswer, Value } from "@/api/types";
import { Button } from "@/components/button";
import { FaultView } from "@/components/fault-view";
import { Segmented } from "@/components/segmented";
import { Skeleton } from "@/components/skeleton";
import { useFormat } from "@/components/use-format";
import { isShortcut } from "@/lib/submit-key";
import { RefusalNote } from "../move/refusal-note";
import { useMoves } from "../move/use-moves";
import { ComposerPlace, useComposers } from "./composer-place";
import { Entry } from "./entry";
import styles from "./timeline.module.css";
import { WaitingEntries } from "./waiting-entries";

interface TimelineProps {
  readonly object: ObjectDefinition;
  readonly answer: RecordAnswer;
}

const filters = ["all", "activity", "comment", "change", "file"] as const;

/** What happened to a record and was said about it, and a place to add to it. */
export default function Timeline({ object, answer }: TimelineProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [filter, setFilter] = useState<(typeof filters)[number]>("all");
  const about = { object: object.name, id: answer.data.id };
  const composers = useComposers(object, answer.data);
  const [composing, setComposing] = useState<string | null>(null);
  const { refusals, move, forgive } = useMoves(object.name);
  const refusal = refusals.get(about.id);
  const again = () => void client.invalidateQueries({ queryKey: keys.allRecords });
  const restore = (field: Field, before: Value) => {
    const row = { record: answer.data, included: answer.included };
    void move(row, { [field.name]: before }, t("history.restored", { field: field.title }));
  };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const asked = composers.find(({ shortcut }) => shortcut && isShortcut(event, shortcut));
      if (!asked) return;
      event.preventDefault();
      setComposing(asked.key);
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  return (
    <aside className={styles.timeline} aria-labelledby="timeline">
      <h2 id="timeline" className={styles.title}>
        {t("timeline.title")}
      </h2>
      <ComposerPlace
        about={about}
        composers={composers}
        composing={composing}
        onCompose={setComposing}
        onSent={again}
      />
      {refusal && (
        <RefusalNote
          object={object.name}
          refusal={{ ...refusal, fields: [] }}
          onFill={() => forgive(about.id)}
          onClose={() => forgive(about.id)}
        />
      )}
      <Segmented
        label={t("timeline.show")}
        value={filter}
        choices={filters.map((kind) => ({ value: kind, label: t(`timeline.kinds.${kind}`) }))}
        onChange={setFilter}
        testId="timeline.filter"
      />
      <WaitingEntries id={about.id} />
      <Stream
        object={object.name}
        answer={answer}
        kinds={filter === "all" ? [] : [filter]}
        onRestore={restore}
        onChanged={again}
      />
    </aside>
  );
}

interface StreamProps {
  readonly object: string;
  readonly answer: RecordAnswer;
  readonly kinds: readonly TimelineKind[];
  readonly onRestore: (field: Field, before: Value) => void;
  readonly onChanged: () => void;
}

function Stream({ object, answer, kinds, onRestore, onChanged }: StreamProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { id } = answer.data;
  const list = useInfiniteQuery({
    queryKey: keys.timeline(object, id, kinds),
    queryFn: ({ pageParam, signal }) => listTimeline(object, id, kinds, pageParam, signal),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.page.next ?? undefined,
  });
  if (list.isPending) return <Skeleton lines={4} />;
  if (list.isError) return <FaultView error={list.error} onRetry={() => void list.refetch()} />;
  const told = list.data.pages.flatMap((page) =>
    page.data.map((entry) => ({ entry, included: page.included })),
  );
  const days = byDay(told, (at) => format.day(at));
  return (
    <>
      {told.length === 0 && (
        <p className={styles.quiet} data-testid="timeline.empty">
          {t(kinds.length > 0 ? "timeline.noneOfKind" : "timeline.none")}
        </p>
      )}
      <ol className={styles.days} data-testid="timeline">
        {days.map(([day, first, entries]) => (
          <li key={day}>
            <h3 className={styles.day}>{format.nearDay(first)}</h3>
            <ol className={styles.entries}>
              {entries.map(({ entry, included }) => (
                <Entry
                  key={nameOf(entry)}
                  object={object}
                  answer={answer}
                  entry={entry}
                  included={included}
                  onRestore={onRestore}
                  onChanged={onChanged}
                />
              ))}
            </ol>
          </li>
        ))}
      </ol>
      {list.hasNextPage && (
        <Button
          kind="quiet"
          busy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
          testId="timeline.more"
        >
          {t("history.older")}
        </Button>
      )}
    </>
  );
}

interface Told {
  readonly entry: TimelineEntry;
  readonly included: Included | undefined;
}

/** Entries by the day they are of: its name, its first instant, and they. */
function byDay(told: readonly Told[], dayOf: (at: string) => string) {
  const days: [string, string, Told[]][] = [];
  for (const one of told) {
    const day = dayOf(one.entry.at);
    const last = days.at(-1);
    if (last?.[0] === day) last[2].push(one);
    else days.push([day, one.entry.at, [one]]);
  }
  return days;
}

function nameOf({ kind, change, comment, file, activity }: TimelineEntry): string {
  return `${kind}.${change?.id ?? comment?.id ?? file?.id ?? activity?.record.id}`;
}
