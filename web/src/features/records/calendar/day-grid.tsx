// biome-ignore-all lint/a11y/useSemanticElements: a table gives its rows no height of their own
import { type KeyboardEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/button";
import { useFormat } from "@/components/use-format";
import { addDays } from "@/lib/days";
import { isShortcut } from "@/lib/submit-key";
import styles from "./calendar.module.css";
import { EntryChip, type EntrySetting } from "./entry-chip";
import { type Entry, linesOf, type Span } from "./model";

interface DayGridProps {
  readonly setting: EntrySetting;
  readonly label: string;
  readonly span: Span;
  readonly days: readonly string[];
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
  readonly day: string;
  readonly today: string;
  readonly over: string | null;
  readonly onDay: (day: string) => void;
  readonly onMore: (day: string) => void;
  readonly onNew: ((day: string) => void) | undefined;
}

const daysInWeek = 7;
const shownOnDay = 3;

const steps: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -daysInWeek,
  ArrowDown: daysInWeek,
};

/** Days in weeks: a grid whose days are walked by arrows. */
export function DayGrid(props: DayGridProps) {
  const { setting, days, day, onDay } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const grid = useRef<HTMLDivElement>(null);
  const walked = useRef(false);
  useEffect(() => {
    const cell = grid.current?.querySelector<HTMLElement>(`[data-day="${day}"]`);
    cell?.scrollIntoView({ block: "nearest" });
    if (walked.current) cell?.focus();
    walked.current = false;
  }, [day]);
  const weeks = Array.from({ length: Math.ceil(days.length / daysInWeek) }, (_, index) =>
    days.slice(index * daysInWeek, (index + 1) * daysInWeek),
  );
  const press = (event: KeyboardEvent<HTMLElement>) => {
    if (!(event.target instanceof HTMLElement)) return;
    const id = event.target.dataset.entry;
    const step = steps[event.key];
    if (id && isShortcut(event.nativeEvent, "m") && setting.movable) {
      const entry = [...props.entries.values()].flat().find((one) => one.row.record.id === id);
      if (entry) setting.onAsk(entry);
    } else if (step !== undefined && event.target.dataset.day) {
      walked.current = true;
      onDay(addDays(event.target.dataset.day, step));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={grid}
      role="grid"
      tabIndex={-1}
      aria-label={props.label}
      className={styles.grid}
      data-span={props.span}
      onKeyDown={press}
      data-testid="calendar.grid"
    >
      <div role="row" tabIndex={-1} className={styles.week}>
        {(weeks[0] ?? []).map((one) => (
          <div key={one} role="columnheader" tabIndex={-1} className={styles.weekday}>
            {format.weekday(one)}
          </div>
        ))}
      </div>
      {weeks.map((week) => (
        <div key={week[0]} role="row" tabIndex={-1} className={styles.week}>
          {[...linesOf(week, props.entries)].map(([one, lines]) => (
            <DayCell
              key={one}
              {...props}
              one={one}
              lines={lines}
              newWeek={one === week[0]}
              newLabel={t("calendar.newOn", { day: format.longDay(one) })}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

interface DayCellProps extends DayGridProps {
  readonly one: string;
  readonly lines: readonly (Entry | null)[];
  readonly newWeek: boolean;
  readonly newLabel: string;
}

function DayCell(props: DayCellProps) {
  const { setting, one, lines, day, today, span, onNew } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const all = lines.filter(Boolean).length;
  // Two lines hold either the last entry or the word of how many more there are.
  const fits = span === "week" || lines.length <= shownOnDay ? lines.length : shownOnDay - 1;
  const shown = lines.slice(0, fits);
  const left = all - shown.filter(Boolean).length;
  const current = one === day;
  const count = t("calendar.entries", { count: all });
  return (
    <div
      role="gridcell"
      className={styles.day}
      data-day={one}
      data-place={one}
      data-over={props.over === one}
      data-outside={span === "month" && one.slice(0, 7) !== day.slice(0, 7)}
      data-today={one === today}
      aria-current={one === today ? "date" : undefined}
      aria-selected={current}
      tabIndex={current ? 0 : -1}
      data-testid={`calendar.day.${one}`}
    >
      <div className={styles.dayTop}>
        <span className={styles.dayNumber} aria-hidden>
          {Number(one.slice(8))}
        </span>
        <span className="unseen">{`${format.longDay(one)}, ${count}`}</span>
        {onNew && (
          <span className={styles.adder}>
            <IconButton
              icon="plus"
              small
              label={props.newLabel}
              onClick={() => onNew(one)}
              testId={`calendar.new.${one}`}
            />
          </span>
        )}
      </div>
      <ul className={styles.entries}>
        {shown.map((entry, at) =>
          entry ? (
            <EntryChip
              key={entry.row.record.id}
              setting={setting}
              entry={entry}
              day={one}
              goesOn={entry.first < one && !props.newWeek}
              reachable={current}
            />
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: an empty line is its place
            <li key={at} className={styles.gap} aria-hidden />
          ),
        )}
      </ul>
      {left > 0 && (
        <button
          type="button"
          className={styles.more}
          tabIndex={current ? 0 : -1}
          onClick={() => props.onMore(one)}
          data-testid={`calendar.more.${one}`}
        >
          {t("calendar.more", { count: left })}{" "}
          <span className="unseen">{t("calendar.on", { day: format.longDay(one) })}</span>
        </button>
      )}
    </div>
  );
}
