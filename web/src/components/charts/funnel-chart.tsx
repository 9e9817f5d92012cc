import type { ChartProps } from "./chart";
import styles from "./chart.module.css";
import { PointLink } from "./point-link";

interface FunnelProps extends ChartProps {
  /** A part of the first step, as people read it: 38%. */
  readonly share: (part: number) => string;
}

/** Steps that become narrower, each with its part of the first. */
export function FunnelChart({ points, share }: FunnelProps) {
  const first = points[0]?.values[0] ?? 0;
  return (
    <ol className={styles.bars} data-testid="chart.funnel">
      {points.map((point) => {
        const part = first > 0 ? (point.values[0] ?? 0) / first : 0;
        return (
          <li key={point.key}>
            <PointLink point={point} className={styles.row}>
              <span className={styles.name} title={point.label}>
                {point.label}
              </span>
              <span className={styles.step}>
                <span className={styles.stepBar} style={{ width: `${part * 100}%` }} />
              </span>
              <span className={styles.stepValue}>
                {point.texts[0]}
                <span className={styles.share}>{share(part)}</span>
              </span>
            </PointLink>
          </li>
        );
      })}
    </ol>
  );
}
