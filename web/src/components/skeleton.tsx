import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import styles from "./skeleton.module.css";

const patience = 150;
const widths = ["long", "middle", "short", "long", "short", "middle", "long", "short"];

/** The outline of what will be here, drawn once it takes a moment; it does not move. */
export function Skeleton({ lines = 6, testId }: { lines?: number; testId?: string }) {
  const { t } = useTranslation();
  const shown = useDelay(patience);
  return (
    <div className={styles.skeleton} role="status" data-testid={testId ?? "loading"}>
      <span className="unseen">{t("state.loading")}</span>
      {shown &&
        Array.from(widths.slice(0, lines).entries(), ([line, width]) => (
          <span key={line} className={styles.bar} data-width={width} />
        ))}
    </div>
  );
}

function useDelay(milliseconds: number): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setOver(true), milliseconds);
    return () => clearTimeout(timer);
  }, [milliseconds]);
  return over;
}
