import type { DashboardDefinition } from "@/api/definitions";
import type { FigureFilter } from "@/api/figures";
import { useCatalog } from "@/api/meta";
import { useMe } from "@/api/session";
import styles from "./dashboard.module.css";
import { MetricCard } from "./metric-card";
import { placesOf } from "./place";
import { ReportCard } from "./report-card";

const mostMetrics = 2;

/** One's own figures of this month, from a dashboard: its funnel, and the first of its metrics. */
export default function OwnFigures({ dashboard }: { readonly dashboard: DashboardDefinition }) {
  const catalog = useCatalog();
  const me = useMe();
  const offered = dashboard.filters ?? [];
  const filter: FigureFilter = {
    ...(offered.includes("owner") && { owner: me.id }),
    ...(offered.includes("period") && { period: "this_month" }),
  };
  const cards = placesOf(dashboard.cards).map(({ card }) => card);
  const metrics = cards.flatMap((card) => catalog.metric(card.metric ?? "") ?? []);
  const reports = cards.flatMap((card) => catalog.report(card.report ?? "") ?? []);
  const funnel = reports.find((report) => report.chart === "funnel");
  return (
    <>
      {funnel && <ReportCard report={funnel} filter={filter} />}
      <div className={styles.pair}>
        {metrics.slice(0, mostMetrics).map((metric) => (
          <MetricCard key={metric.name} metric={metric} filter={filter} />
        ))}
      </div>
    </>
  );
}
