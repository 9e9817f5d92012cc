import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/keys";
import { scanQuery, startScan } from "@/api/merges";
import { useMe } from "@/api/session";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { ProgressBar } from "@/components/progress-bar";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import styles from "./merge.module.css";

/** How far the look for duplicates is, and beginning one. */
export function useScan(object: string) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const may = useMe().abilities.includes("bulk_edit");
  const { data: status } = useQuery(scanQuery(object));
  const start = async () => {
    try {
      await startScan(object);
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
    await client.invalidateQueries({ queryKey: keys.scan(object) });
  };
  return { status, may, start: () => void start() };
}

/** The look for duplicates among all records: when it was, how far it is, again. */
export function ScanBar({ scan }: { scan: ReturnType<typeof useScan> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { status, may, start } = scan;
  if (!status || status.state === "none") return null;
  if (status.state === "running") {
    const text = t("merge.scanning", { percent: format.percent(status.percent) });
    return (
      <div className={styles.scanning} data-testid="merge.scanning">
        <span className={styles.note}>{text}</span>
        <ProgressBar label={t("merge.scan")} done={status.percent} total={100} text={text} />
      </div>
    );
  }
  return (
    <div className={styles.scan}>
      <span className={styles.note} data-testid="merge.scanned">
        {status.state === "failed" && t("merge.scanFailed")}
        {status.state === "done" &&
          status.at &&
          t("merge.scanned", { when: format.ago(status.at) })}
      </span>
      {may && (
        <Button icon="refresh" onClick={start} testId="merge.scan">
          {t("merge.scanAgain")}
        </Button>
      )}
    </div>
  );
}
