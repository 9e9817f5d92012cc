import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { weekdays } from "@/api/calendars";
import { useMe } from "@/api/session";
import { FieldFrame } from "@/components/field-frame";
import { Select } from "@/components/select";
import { TextInput } from "@/components/text-input";
import { useFormat } from "@/components/use-format";
import { addDays } from "@/lib/days";
import { timezones } from "@/lib/guess";
import styles from "./calendars.module.css";
import { HoursInput } from "./hours-input";
import type { Plan } from "./model";

interface WeekPartProps {
  readonly plan: Plan;
  /** What the calendar is called in the reader's language. */
  readonly title: string;
  readonly onChange: (plan: Plan) => void;
}

/** What a calendar is called, where it is, and the working hours of its week. */
export function WeekPart({ plan, title, onChange }: WeekPartProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { organisation } = useMe();
  const zones = useMemo(
    () => [
      { value: "", label: t("settings.organisationZone", { zone: organisation.timezone }) },
      ...timezones(organisation.timezone).map((zone) => ({
        value: zone,
        label: zone.replaceAll("_", " "),
      })),
    ],
    [t, organisation.timezone],
  );
  return (
    <section className={styles.part} aria-labelledby="calendar-week">
      <h2 id="calendar-week">{t("calendars.week")}</h2>
      <div className={styles.settings}>
        <FieldFrame label={t("calendars.name")}>
          {(ids) => (
            <TextInput
              ids={ids}
              value={title}
              maxLength={120}
              onChange={(next) => onChange({ ...plan, title: next })}
              testId="calendars.rename"
            />
          )}
        </FieldFrame>
        <FieldFrame label={t("settings.timezone")}>
          {(ids) => (
            <Select
              ids={ids}
              value={plan.timezone}
              choices={zones}
              onChange={(zone) => onChange({ ...plan, timezone: zone ?? "" })}
              testId="calendars.timezone"
            />
          )}
        </FieldFrame>
      </div>
      <ul className={styles.week}>
        {weekdays.map((day, at) => {
          const name = format.weekday(addDays("2026-01-05", at)); // a Monday
          return (
            <li key={day} className={styles.weekday}>
              <span className={styles.weekdayName}>{name}</span>
              <HoursInput
                label={name}
                hours={plan.hours[day]}
                onChange={(hours) => onChange({ ...plan, hours: { ...plan.hours, [day]: hours } })}
                testId={`calendars.week.${day}`}
              />
            </li>
          );
        })}
      </ul>
    </section>
  );
}
