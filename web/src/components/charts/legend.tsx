import { seriesColour } from "./chart";
import styles from "./chart.module.css";

/** What the colours mean, where there are several. */
export function Legend({ series }: { series: readonly string[] }) {
  if (series.length < 2) return null;
  return (
    <ul className={styles.legend}>
      {series.map((name, index) => (
        <li key={name}>
          <span className={styles.swatch} style={{ background: seriesColour(index) }} />
          {name}
        </li>
      ))}
    </ul>
  );
}
