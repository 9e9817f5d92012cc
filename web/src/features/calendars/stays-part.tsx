import { useTranslation } from "react-i18next";
import { IconButton } from "@/components/button";
import { Entries, Entry } from "@/components/entries";
import { Tag } from "@/components/tag";
import { useFormat } from "@/components/use-format";
import { useLanguage } from "@/components/use-language";
import styles from "./calendars.module.css";
import { dayOf, type Plan, type Stay, stays, withDays } from "./model";
import { hoursText, nameOf } from "./words";

interface StaysPartProps {
  readonly plan: Plan;
  readonly onChange: (plan: Plan) => void;
  readonly onOpen: (stay: Stay) => void;
}

const hues = { work: "slate", rest: "slate", off: "red", extra: "blue", part: "amber" } as const;

/** The exceptions of a calendar as a list, in their order. */
export function StaysPart({ plan, onChange, onOpen }: StaysPartProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [language] = useLanguage();
  const list = stays(plan.days);
  return (
    <section className={styles.part} aria-labelledby="calendar-stays">
      <h2 id="calendar-stays">{t("calendars.exceptions")}</h2>
      {list.length === 0 && <p className={styles.quiet}>{t("calendars.noExceptions")}</p>}
      <Entries testId="calendars.stays">
        {list.map((stay) => {
          const { state, hours } = dayOf(plan, stay.from);
          const days =
            stay.from === stay.to
              ? format.longDay(stay.from)
              : `${format.longDay(stay.from)} – ${format.longDay(stay.to)}`;
          return (
            <Entry
              key={stay.from}
              title={days}
              facts={
                <span className={styles.name}>
                  <Tag hue={hues[state]}>{t(`calendars.state.${state}`)}</Tag>
                  {nameOf(stay.rule, language)}
                  {state === "part" && <span>{hoursText(hours)}</span>}
                </span>
              }
              testId={`calendars.stay.${stay.from}`}
            >
              <IconButton
                icon="edit"
                label={t("calendars.changeOf", { days })}
                onClick={() => onOpen(stay)}
                testId={`calendars.stay.${stay.from}.edit`}
              />
              <IconButton
                icon="trash"
                label={t("calendars.backOf", { days })}
                onClick={() => onChange(withDays(plan, stay.from, stay.to, null))}
                testId={`calendars.stay.${stay.from}.remove`}
              />
            </Entry>
          );
        })}
      </Entries>
    </section>
  );
}
