import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { type CalendarDefinition, type Calendars, calendarsQuery } from "@/api/calendars";
import { useMe } from "@/api/session";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { Entries, Entry } from "@/components/entries";
import { FaultView, Missing } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import { Tag } from "@/components/tag";
import { useLanguage } from "@/components/use-language";
import { useTitle } from "@/components/use-title";
import styles from "./calendars.module.css";
import { dayOf, monthsOf, opened, weeksOf } from "./model";
import { NewCalendarDialog } from "./new-calendar-dialog";
import { titleOf } from "./words";

/** The calendars, for who shapes the product. */
export default function CalendarsPage() {
  return useMe().abilities.includes("design") ? <CalendarList /> : <Missing />;
}

function CalendarList() {
  const { t } = useTranslation();
  const found = useQuery(calendarsQuery);
  const [making, setMaking] = useState(false);
  useTitle(t("calendars.title"));
  const make = (
    <Button kind="primary" icon="plus" onClick={() => setMaking(true)} testId="calendars.new">
      {t("calendars.new")}
    </Button>
  );
  const list = found.data?.calendars ?? [];
  return (
    <div className={styles.page} data-testid="calendars">
      <header className={styles.header}>
        <h1>{t("calendars.title")}</h1>
        {list.length > 0 && make}
      </header>
      {found.isPending && <Skeleton lines={4} />}
      {found.isError && <FaultView error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && list.length === 0 && (
        <EmptyState
          icon="calendar"
          title={t("calendars.none")}
          actions={make}
          testId="calendars.none"
        >
          <p>{t("calendars.intro")}</p>
        </EmptyState>
      )}
      {found.data && list.length > 0 && (
        <>
          <p className={styles.quiet}>{t("calendars.intro")}</p>
          <Entries testId="calendars.list">
            {list.map((calendar) => (
              <CalendarRow key={calendar.name} calendar={calendar} calendars={found.data} />
            ))}
          </Entries>
        </>
      )}
      {making && found.data && (
        <NewCalendarDialog calendars={found.data} onClose={() => setMaking(false)} />
      )}
    </div>
  );
}

interface CalendarRowProps {
  readonly calendar: CalendarDefinition;
  readonly calendars: Calendars;
}

function CalendarRow({ calendar, calendars }: CalendarRowProps) {
  const { t } = useTranslation();
  const [language] = useLanguage();
  const { organisation } = useMe();
  const year = new Date().getFullYear();
  const plan = opened(calendar, calendars.texts);
  const days = monthsOf(year).flatMap((month) => weeksOf(month).flat());
  const worked = days.filter((day) => day && dayOf(plan, day).hours.length > 0).length;
  return (
    <Entry
      title={
        <span className={styles.name}>
          <Link
            to={`/settings/calendars/${calendar.name}`}
            data-testid={`calendars.list.${calendar.name}`}
          >
            {titleOf(calendar, calendars.texts, language)}
          </Link>
          {organisation.calendar === calendar.name && <Tag hue="green">{t("calendars.own")}</Tag>}
        </span>
      }
      below={
        calendar.timezone?.replaceAll("_", " ") ??
        t("settings.organisationZone", { zone: organisation.timezone })
      }
      facts={<span>{t("calendars.worked", { count: worked, year })}</span>}
    />
  );
}
