import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { MetricDefinition } from "@/api/definitions";
import { type Figure, type FigureFilter, type MetricAnswer, metricQuery } from "@/api/figures";
import { useFormat } from "@/components/use-format";
import { CardFrame, Pending } from "./card-frame";
import styles from "./dashboard.module.css";
import { briefText, differenceText, figureText, listOf, periodText } from "./figure-text";

interface MetricCardProps {
  readonly metric: MetricDefinition;
  readonly filter: FigureFilter;
}

/** One figure, what it was before, and the way to its records. */
export function MetricCard({ metric, filter }: MetricCardProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [tabular, setTabular] = useState(false);
  const answer = useQuery(metricQuery(metric.name, filter));
  const shown = answer.data;
  return (
    <CardFrame
      name={metric.name}
      title={metric.title ?? metric.name}
      description={metric.description}
      about={periodText(format, t, shown?.period ?? null)}
      tabular={tabular}
      onTabular={() => setTabular(!tabular)}
    >
      {!shown && <Pending error={answer.error} onRetry={() => answer.refetch()} />}
      {shown && !tabular && <Hero metric={metric} answer={shown} />}
      {shown && tabular && <MetricTable metric={metric} answer={shown} />}
    </CardFrame>
  );
}

interface AnswerProps {
  readonly metric: MetricDefinition;
  readonly answer: MetricAnswer;
}

function Hero({ metric, answer }: AnswerProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { previous } = answer;
  const difference = previous && differenceText(format, t, answer, answer, previous);
  const text = briefText(format, answer, answer.value, metric.decimals);
  const full = figureText(format, answer, answer.value, metric.decimals);
  return (
    <>
      {answer.object ? (
        <Link className={styles.hero} to={listOf(answer)} title={full} data-testid="figure">
          {text}
        </Link>
      ) : (
        <span className={styles.hero} title={full} data-testid="figure">
          {text}
        </span>
      )}
      {previous && (
        <p className={styles.before}>
          {difference && <strong className={styles.difference}>{difference}</strong>}
          {t("dashboard.before", {
            value: figureText(format, answer, previous.value, metric.decimals),
          })}
        </p>
      )}
      {answer.parts && (
        <p className={styles.before}>
          {answer.parts.map((part) => (
            <Link key={part.metric} className={styles.part} to={listOf(part)}>
              {t("dashboard.part", {
                title: part.title,
                value: format.rounded(part.value ?? 0, 2),
              })}
            </Link>
          ))}
        </p>
      )}
    </>
  );
}

function MetricTable({ metric, answer }: AnswerProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const lines: readonly (Figure & { readonly title: string; readonly plain?: boolean })[] = [
    { ...answer, title: periodText(format, t, answer.period) || (metric.title ?? metric.name) },
    ...(answer.previous
      ? [{ ...answer.previous, title: periodText(format, t, answer.previous.period) }]
      : []),
    ...(answer.parts ?? []).map((part) => ({ ...part, period: null, plain: true })),
  ];
  return (
    <table className={styles.table} data-testid="table">
      <tbody>
        {lines.map((line) => {
          const unit = line.plain ? { format: "number" as const } : answer;
          const text = figureText(format, unit, line.value, metric.decimals);
          return (
            <tr key={line.title}>
              <th scope="row">{line.title}</th>
              <td className={styles.number}>
                {line.object ? <Link to={listOf(line)}>{text}</Link> : text}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
