import type { CSSProperties } from "react";
import {
  type ChartPoint,
  type ChartProps,
  largest,
  seriesColour,
  smallest,
  spaced,
  ticksTo,
} from "./chart";
import styles from "./chart.module.css";
import { Legend } from "./legend";
import { PointLink } from "./point-link";

interface LineProps extends ChartProps {
  /** How the numbers of the scale are written. */
  readonly scale: (value: number) => string;
  /** How many names the axis has room for. */
  readonly room: number;
}

/** Values over time. The line is drawn; its points are links above it. */
export function LineChart({ series, points, scale, room }: LineProps) {
  const ticks = ticksTo(largest(points));
  const low = smallest(points);
  const high = ticks[ticks.length - 1] ?? 1;
  const across = (index: number) => ((index + 0.5) / points.length) * 100;
  const down = (value: number) => (1 - (value - low) / (high - low)) * 100;
  const named = spaced(points.length, room);
  return (
    <>
      <Legend series={series} />
      <div className={styles.line} style={pointCount(points.length)} data-testid="chart.line">
        <div className={styles.scale} aria-hidden="true">
          {ticks.map((tick) => (
            <span key={tick} style={{ top: `${down(tick)}%` }}>
              {scale(tick)}
            </span>
          ))}
        </div>
        <div className={styles.plot}>
          <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
            {ticks.map((tick) => (
              <path key={tick} className={styles.rule} d={`M0 ${down(tick)}H100`} />
            ))}
            {series.map((name, index) => (
              <path
                key={name}
                className={styles.stroke}
                style={{ stroke: seriesColour(index) }}
                data-series={index}
                d={pathOf(points, index, across, down)}
              />
            ))}
          </svg>
          {points.map((point, at) =>
            series.map((name, index) => {
              const value = point.values[index] ?? null;
              if (value === null) return null;
              const text = [point.label, series.length > 1 && name].filter(Boolean).join(" ");
              return (
                <PointLink
                  key={`${point.key}.${name}`}
                  point={point}
                  className={styles.dot}
                  style={{
                    left: `${across(at)}%`,
                    top: `${down(value)}%`,
                    color: seriesColour(index),
                  }}
                  label={`${text}: ${point.texts[index]}`}
                />
              );
            }),
          )}
        </div>
        <div className={styles.names} aria-hidden="true">
          {points.map((point, index) => (
            <span key={point.key}>{named(index) && (point.short ?? point.label)}</span>
          ))}
        </div>
      </div>
    </>
  );
}

/** Tells the style sheet how many points need room. */
function pointCount(count: number): CSSProperties & Record<"--points", number> {
  return { "--points": count };
}

/** The line of a series; where there is no value, it is interrupted. */
function pathOf(
  points: readonly ChartPoint[],
  series: number,
  across: (index: number) => number,
  down: (value: number) => number,
): string {
  let drawing = false;
  return points
    .map((point, index) => {
      const value = point.values[series] ?? null;
      const command = drawing ? "L" : "M";
      drawing = value !== null;
      return value === null ? "" : `${command}${across(index)} ${down(value)}`;
    })
    .join("");
}
