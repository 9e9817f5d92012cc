import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ReportDefinition } from "@/api/definitions";
import { type FigureFilter, type ReportAnswer, reportQuery } from "@/api/figures";
import { useCatalog } from "@/api/meta";
import { BarChart } from "@/components/charts/bar-chart";
import type { ChartProps } from "@/components/charts/chart";
import { FunnelChart } from "@/components/charts/funnel-chart";
import { LineChart } from "@/components/charts/line-chart";
import { useFormat } from "@/components/use-format";
import { CardFrame, Pending } from "./card-frame";
import styles from "./dashboard.module.css";
import { periodText } from "./figure-text";
import { pointsOf, seriesOf } from "./points";
import { ReportTable } from "./report-table";

interface ReportCardProps {
  readonly report: ReportDefinition;
  readonly filter: FigureFilter;
}

/** A report as its chart, or as the table of the same figures. */
export function ReportCard({ report, filter }: ReportCardProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [tabular, setTabular] = useState(false);
  const answer = useQuery(reportQuery(report.name, filter));
  const drawn = report.chart !== undefined && report.chart !== "table";
  const shown = answer.data;
  return (
    <CardFrame
      name={report.name}
      title={report.title ?? report.name}
      description={report.description}
      about={periodText(format, t, shown?.data.period ?? null)}
      tabular={tabular}
      {...(drawn && { onTabular: () => setTabular(!tabular) })}
    >
      {shown ? (
        <Shown report={report} answer={shown} tabular={tabular || !drawn} />
      ) : (
        <Pending error={answer.error} onRetry={() => answer.refetch()} />
      )}
    </CardFrame>
  );
}

interface ShownProps {
  readonly report: ReportDefinition;
  readonly answer: ReportAnswer;
  readonly tabular: boolean;
}

function Shown({ report, answer, tabular }: ShownProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const { groups, more } = answer.data;
  if (groups.length === 0) return <p className={styles.notice}>{t("dashboard.nothing")}</p>;
  const naming = { format, t, included: answer.included };
  const chart = {
    series: seriesOf(catalog, report, t),
    points: pointsOf(catalog, report, answer, naming),
  };
  return (
    <>
      {tabular ? (
        <ReportTable report={report} answer={answer} naming={naming} />
      ) : (
        <figure
          className={styles.figure}
          aria-label={t("dashboard.chart", { title: report.title })}
        >
          <Chart report={report} {...chart} />
        </figure>
      )}
      {more && <p className={styles.more}>{t("dashboard.more", { count: groups.length })}</p>}
    </>
  );
}

const narrowest = 48;

function Chart({ report, ...chart }: Pick<ShownProps, "report"> & ChartProps) {
  const format = useFormat();
  if (report.chart === "bar") return <BarChart {...chart} />;
  if (report.chart === "funnel") {
    return <FunnelChart {...chart} share={(part) => `${format.rounded(part * 100, 1)}%`} />;
  }
  const dated = chart.points.filter((point) => !point.key.startsWith("null"));
  return (
    <LineChart
      series={chart.series}
      points={dated}
      scale={(value) => format.short(String(value))}
      room={Math.floor(innerWidth / 3 / narrowest)}
    />
  );
}
