import type { CSSProperties } from "react";
import { type ChartPoint, type ChartProps, largest, seriesColour, smallest } from "./chart";
import styles from "./chart.module.css";
import { Legend } from "./legend";
import { PointLink } from "./point-link";

/** Bars from left to right, one below the other, so that their names have room. */
export function BarChart({ series, points }: ChartProps) {
  const [low, high] = [smallest(points), largest(points)];
  const span = high - low || 1;
  const bar = (value: number | null, index: number): CSSProperties => ({
    marginInlineStart: `${((Math.min(value ?? 0, 0) - low) / span) * 100}%`,
    width: `${(Math.abs(value ?? 0) / span) * 100}%`,
    background: seriesColour(index),
  });
  return (
    <>
      <Legend series={series} />
      <ul className={styles.bars} data-testid="chart.bar">
        {points.map((point) => (
          <li key={point.key}>
            <PointLink point={point} className={styles.row}>
              <span className={styles.name} title={point.label}>
                {point.label}
              </span>
              <span className={styles.tracks}>
                {series.map((name, index) => (
                  <Track key={name} point={point} index={index} bar={bar} />
                ))}
              </span>
            </PointLink>
          </li>
        ))}
      </ul>
    </>
  );
}

interface TrackProps {
  readonly point: ChartPoint;
  readonly index: number;
  readonly bar: (value: number | null, index: number) => CSSProperties;
}

function Track({ point, index, bar }: TrackProps) {
  return (
    <span className={styles.track}>
      <span className={styles.room}>
        <span className={styles.bar} style={bar(point.values[index] ?? null, index)} />
      </span>
      <span className={styles.value}>{point.texts[index]}</span>
    </span>
  );
}
