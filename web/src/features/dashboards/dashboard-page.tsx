import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import type { CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import type { Card } from "@/api/definitions";
import type { FigureFilter } from "@/api/figures";
import { keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { IconButton } from "@/components/button";
import { Missing } from "@/components/fault-view";
import { useTitle } from "@/components/use-title";
import styles from "./dashboard.module.css";
import { DashboardFilters } from "./dashboard-filters";
import { useFilter } from "./filter-state";
import { MetricCard } from "./metric-card";
import { type Place, placesOf } from "./place";
import { ReportCard } from "./report-card";

/** A dashboard: what holds for all its cards, and the cards on their grid. */
export default function DashboardPage() {
  const { t } = useTranslation();
  const { name = "" } = useParams();
  const dashboard = useCatalog().dashboard(name);
  const [filter, params, change] = useFilter();
  const client = useQueryClient();
  const busy = useIsFetching({ queryKey: keys.evaluations }) > 0;
  useTitle(dashboard?.title ?? dashboard?.name);
  if (!dashboard) return <Missing />;
  return (
    <div className={styles.page} data-testid="dashboard">
      <header className={styles.header}>
        <h1>{dashboard.title ?? dashboard.name}</h1>
        <DashboardFilters
          key={name}
          offered={dashboard.filters ?? []}
          params={params}
          onChange={change}
        />
        <IconButton
          icon="refresh"
          label={t("dashboard.refresh")}
          disabled={busy}
          onClick={() => client.invalidateQueries({ queryKey: keys.evaluations })}
          testId="dashboard.refresh"
        />
      </header>
      <div className={styles.grid}>
        {placesOf(dashboard.cards).map(({ card, place }) => (
          <div
            key={`${card.metric ?? card.report}.${place.column}.${place.row}`}
            className={styles.cell}
            data-scrolls={card.report !== undefined}
            style={styleOf(place)}
          >
            <Shown card={card} filter={filter} />
          </div>
        ))}
      </div>
    </div>
  );
}

/** The place of a card, for the style sheet, which has other places on narrow screens. */
function styleOf({ column, row, width, height }: Place): CSSProperties & Places {
  return { "--columns": `${column} / span ${width}`, "--rows": `${row} / span ${height}` };
}

type Places = Record<"--columns" | "--rows", string>;

function Shown({ card, filter }: { card: Card; filter: FigureFilter }) {
  const catalog = useCatalog();
  const metric = catalog.metric(card.metric ?? "");
  const report = catalog.report(card.report ?? "");
  if (metric) return <MetricCard metric={metric} filter={filter} />;
  return report ? <ReportCard report={report} filter={filter} /> : null;
}
