import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { keepBin, retentionQuery } from "@/api/bin";
import { keys } from "@/api/keys";
import { useMe } from "@/api/session";
import { faultText } from "@/components/fault-view";
import { Select } from "@/components/select";
import { useToast } from "@/components/toaster";
import styles from "./bin.module.css";

const offered = [0, 30, 60, 90, 180, 365];

/** How long deleted records are kept; who may remove them for good may change it. */
export function Retention() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const may = useMe().abilities.includes("erase");
  const { data } = useQuery(retentionQuery);
  if (!data) return null;
  const word = (days: number) => (days === 0 ? t("bin.always") : t("bin.days", { count: days }));
  if (!may) return <p className={styles.note}>{t("bin.keeps", { days: word(data.days) })}</p>;
  const keep = async (days: string | null) => {
    try {
      await keepBin(Number(days));
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
    await client.invalidateQueries({ queryKey: keys.retention });
    await client.invalidateQueries({ queryKey: keys.allBin });
  };
  const days = [...new Set([...offered, data.days])].sort((a, b) => a - b);
  return (
    <div className={styles.retention}>
      <span className={styles.note}>{t("bin.keepFor")}</span>
      <Select
        label={t("bin.keepFor")}
        value={String(data.days)}
        choices={days.map((one) => ({ value: String(one), label: word(one) }))}
        onChange={(value) => void keep(value)}
        testId="bin.retention"
      />
    </div>
  );
}
