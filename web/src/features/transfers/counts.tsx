import { useTranslation } from "react-i18next";
import type { Import, RowState } from "@/api/imports";
import { useFormat } from "@/components/use-format";
import styles from "./import.module.css";

const always: readonly RowState[] = ["create", "update", "skip", "conflict", "error"];

interface CountsProps {
  readonly counts: Import["counts"];
  /** Whether it has happened, or would. */
  readonly done?: boolean;
}

/** How many rows become what. */
export function Counts({ counts, done = false }: CountsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const shown: readonly RowState[] = counts.left_out > 0 ? [...always, "left_out"] : always;
  const { made } = counts;
  return (
    <>
      <dl className={styles.counts}>
        {shown.map((state) => (
          <div key={state} className={styles.count} data-state={counts[state] > 0 ? state : "none"}>
            <dt>{done ? t(`import.done.${state}`) : t(`import.row.${state}`)}</dt>
            <dd data-testid={`import.count.${state}`}>{format.number(counts[state])}</dd>
          </div>
        ))}
      </dl>
      {made > 0 && (
        <p className={styles.note} data-testid="import.made">
          {t(done ? "import.madeAlong" : "import.makesAlong", {
            count: made,
            n: format.number(made),
          })}
        </p>
      )}
    </>
  );
}
