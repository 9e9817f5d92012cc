// biome-ignore-all lint/a11y/noNoninteractiveElementToInteractiveRole: the days of a month are a grid of the APG
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/button";
import { useFormat } from "@/components/use-format";
import { useLanguage } from "@/components/use-language";
import { addDays, addMonths } from "@/lib/days";
import styles from "./calendars.module.css";
import { dayOf, monthsOf, type Plan, weekdayOf, weeksOf } from "./model";
import { dayText, markOf, states } from "./words";

interface YearGridProps {
  readonly plan: Plan;
  readonly today: string;
  readonly onDay: (day: string) => void;
}

const steps: Readonly<Record<string, (day: string) => string>> = {
  ArrowLeft: (day) => addDays(day, -1),
  ArrowRight: (day) => addDays(day, 1),
  ArrowUp: (day) => addDays(day, -7),
  ArrowDown: (day) => addDays(day, 7),
  Home: (day) => addDays(day, -weekdayOf(day)),
  End: (day) => addDays(day, 6 - weekdayOf(day)),
  PageUp: (day) => addMonths(day, -1),
  PageDown: (day) => addMonths(day, 1),
};

/** A year at a glance: twelve months, whose days are walked by arrows as one. */
export function YearGrid({ plan, today, onDay }: YearGridProps) {
  const { t } = useTranslation();
  const [day, setDay] = useState(today);
  const place = useRef<HTMLDivElement>(null);
  const walked = useRef(false);
  const year = Number(day.slice(0, 4));
  useEffect(() => {
    if (walked.current) place.current?.querySelector<HTMLElement>(`[data-day="${day}"]`)?.focus();
    walked.current = false;
  }, [day]);
  const press = (event: KeyboardEvent<HTMLElement>) => {
    const at = event.target instanceof HTMLElement ? event.target.dataset.day : undefined;
    if (!at || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = steps[event.key];
    const far = event.shiftKey && event.key.startsWith("Page");
    if (event.key === "Enter" || event.key === " ") onDay(at);
    else if (step) {
      const next = far ? addMonths(at, event.key === "PageUp" ? -12 : 12) : step(at);
      walked.current = next !== day;
      setDay(next);
    } else return;
    event.preventDefault();
  };
  const turn = (years: number) => setDay(addMonths(day, 12 * years));
  const days = monthsOf(year).flatMap((month) => weeksOf(month).flat());
  const worked = days.filter((one) => one && dayOf(plan, one).hours.length > 0).length;
  return (
    <section className={styles.part} aria-labelledby="calendar-year">
      <h2 id="calendar-year">{t("calendars.year")}</h2>
      <div className={styles.yearBar}>
        <IconButton
          icon="chevron-left"
          label={t("calendars.before")}
          onClick={() => turn(-1)}
          testId="calendars.before"
        />
        <span className={styles.year} data-testid="calendars.year">
          {year}
        </span>
        <IconButton
          icon="chevron-right"
          label={t("calendars.after")}
          onClick={() => turn(1)}
          testId="calendars.after"
        />
        <span className={styles.quiet} role="status" data-testid="calendars.worked">
          {t("calendars.worked", { count: worked, year })}
        </span>
      </div>
      <ul className={styles.legend}>
        {states.map((state) => (
          <li key={state}>
            <span className={styles.sample} data-state={state} aria-hidden>
              {markOf(state, t)}
            </span>
            {t(`calendars.state.${state}`)}
          </li>
        ))}
      </ul>
      <div ref={place} className={styles.months} data-testid="calendars.months">
        {monthsOf(year).map((month) => (
          <Month
            key={month}
            month={month}
            plan={plan}
            today={today}
            reached={day}
            onKey={press}
            onDay={(one) => {
              setDay(one);
              onDay(one);
            }}
          />
        ))}
      </div>
    </section>
  );
}

interface MonthProps extends YearGridProps {
  readonly month: string;
  readonly reached: string;
  readonly onKey: (event: KeyboardEvent<HTMLElement>) => void;
}

function Month({ month, plan, today, reached, onKey, onDay }: MonthProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [language] = useLanguage();
  const name = format.month(`${month}-01`);
  return (
    <div className={styles.month}>
      <h3 id={`month-${month}`}>{name}</h3>
      <table role="grid" aria-labelledby={`month-${month}`} onKeyDown={onKey}>
        <thead>
          <tr>
            {Array.from({ length: 7 }, (_, at) => addDays("2026-01-05", at)).map((monday) => (
              <th key={monday} scope="col">
                {format.weekday(monday).replace("周", "")}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeksOf(month).map((week, at) => (
            <tr key={week.find(Boolean) ?? at}>
              {week.map((day, place) =>
                day ? (
                  <td
                    key={day}
                    role="gridcell"
                    className={styles.day}
                    data-day={day}
                    data-state={dayOf(plan, day).state}
                    tabIndex={day === reached ? 0 : -1}
                    aria-current={day === today ? "date" : undefined}
                    title={dayText(plan, day, language, t)}
                    onClick={() => onDay(day)}
                    onKeyDown={() => undefined}
                    data-testid={`calendars.day.${day}`}
                  >
                    <span aria-hidden>{Number(day.slice(8))}</span>
                    <span className={styles.mark} aria-hidden>
                      {markOf(dayOf(plan, day).state, t)}
                    </span>
                    <span className="unseen">
                      {t("calendars.dayIs", {
                        day: format.longDay(day),
                        what: dayText(plan, day, language, t),
                      })}
                    </span>
                  </td>
                ) : (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a place without a day is its place
                  <td key={place} className={styles.empty} />
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
