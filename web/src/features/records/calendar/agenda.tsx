import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/button";
import { useFormat } from "@/components/use-format";
import styles from "./calendar.module.css";
import { EntryChip, type EntrySetting } from "./entry-chip";
import type { Entry } from "./model";

interface AgendaProps {
  readonly setting: EntrySetting;
  readonly days: readonly string[];
  readonly entries: ReadonlyMap<string, readonly Entry[]>;
  readonly today: string;
  readonly onNew: ((day: string) => void) | undefined;
}

/** Day after day, only those that have something and today: one list to read. */
export function Agenda({ setting, days, entries, today, onNew }: AgendaProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const shown = days.filter((day) => day === today || (entries.get(day)?.length ?? 0) > 0);
  if (shown.length === 0) return <p className={styles.nothing}>{t("calendar.nothing")}</p>;
  return (
    <div className={styles.agenda} data-testid="calendar.agenda">
      {shown.map((day) => {
        const own = entries.get(day) ?? [];
        return (
          <section key={day} data-today={day === today} aria-labelledby={`day-${day}`}>
            <div className={styles.agendaHead}>
              <h2 id={`day-${day}`}>
                {format.longDay(day)}
                {day === today && <span className={styles.todayMark}>{t("calendar.today")}</span>}
              </h2>
              {onNew && (
                <IconButton
                  icon="plus"
                  small
                  label={t("calendar.newOn", { day: format.longDay(day) })}
                  onClick={() => onNew(day)}
                />
              )}
            </div>
            {own.length === 0 ? (
              <p className={styles.quiet}>{t("calendar.free")}</p>
            ) : (
              <ul className={styles.lines}>
                {own.map((entry) => (
                  <EntryChip
                    key={entry.row.record.id}
                    setting={setting}
                    entry={entry}
                    day={day}
                    full
                    reachable
                  />
                ))}
              </ul>
            )}
          </section>
        );
      })}
    </div>
  );
}
