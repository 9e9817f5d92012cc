import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import { type CalendarDefinition, type Calendars, calendarsQuery, weekdays } from "@/api/calendars";
import { useMe } from "@/api/session";
import { FaultView, Missing } from "@/components/fault-view";
import { Icon } from "@/components/icon";
import { Skeleton } from "@/components/skeleton";
import { Tag } from "@/components/tag";
import { useLanguage } from "@/components/use-language";
import { useTitle } from "@/components/use-title";
import { civilDate } from "@/lib/format";
import { CalendarActions } from "./calendar-actions";
import styles from "./calendars.module.css";
import { DayDialog } from "./day-dialog";
import { inOrder } from "./model";
import { SaveBar } from "./save-bar";
import { StaysPart } from "./stays-part";
import { useDraft } from "./use-draft";
import { WeekPart } from "./week-part";
import { titleOf } from "./words";
import { YearGrid } from "./year-grid";

/** One calendar: its year, its exceptions, its week. */
export default function CalendarPage() {
  const { name = "" } = useParams();
  return useMe().abilities.includes("design") ? <Found key={name} name={name} /> : <Missing />;
}

function Found({ name }: { readonly name: string }) {
  const found = useQuery(calendarsQuery);
  if (found.isPending) return <Skeleton lines={8} />;
  if (found.isError) {
    return <FaultView error={found.error} onRetry={() => void found.refetch()} />;
  }
  const calendar = found.data.calendars.find((one) => one.name === name);
  return calendar ? <Calendar calendar={calendar} calendars={found.data} /> : <Missing />;
}

interface CalendarProps {
  readonly calendar: CalendarDefinition;
  readonly calendars: Calendars;
}

function Calendar({ calendar, calendars }: CalendarProps) {
  const { t } = useTranslation();
  const [language] = useLanguage();
  const { organisation, timezone } = useMe();
  const draft = useDraft(calendar, calendars);
  const [days, setDays] = useState<{ readonly from: string; readonly to: string }>();
  const { plan } = draft;
  const renamed = plan.title !== (calendar.title ?? calendar.name);
  const title = renamed ? plan.title : titleOf(calendar, calendars.texts, language);
  const today = civilDate(
    new Date().toISOString(),
    plan.timezone || timezone || organisation.timezone,
  );
  useTitle(title);
  return (
    <div className={styles.page} data-testid="calendar">
      <nav aria-label={t("calendars.title")} className={styles.where}>
        <Link to="/settings/calendars" data-testid="calendars.back">
          <Icon name="chevron-left" />
          {t("calendars.title")}
        </Link>
      </nav>
      <header className={styles.header}>
        <h1 className={styles.name}>
          {title}
          {organisation.calendar === calendar.name && <Tag hue="green">{t("calendars.own")}</Tag>}
        </h1>
        <CalendarActions draft={draft} calendar={calendar} calendars={calendars} title={title} />
      </header>
      <YearGrid plan={plan} today={today} onDay={(day) => setDays({ from: day, to: day })} />
      <StaysPart plan={plan} onChange={draft.set} onOpen={setDays} />
      <WeekPart plan={plan} title={title} onChange={draft.set} />
      {days && (
        <DayDialog
          plan={plan}
          from={days.from}
          to={days.to}
          onChange={draft.set}
          onClose={() => setDays(undefined)}
        />
      )}
      {draft.undo && (
        <SaveBar
          draft={draft}
          wrong={
            weekdays.every((day) => plan.hours[day].length === 0)
              ? t("calendars.neverOpen")
              : weekdays.some((day) => !inOrder(plan.hours[day])) || plan.title.trim() === ""
                ? t("calendars.unfinished")
                : undefined
          }
        />
      )}
    </div>
  );
}
