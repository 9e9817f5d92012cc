import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { useMe } from "@/api/session";
import { Tabs } from "@/components/tabs";
import { useTitle } from "@/components/use-title";
import styles from "./bin.module.css";
import { DefinitionBin } from "./definition-bin";
import { FileBin } from "./file-bin";
import { RecordBin } from "./record-bin";
import { Retention } from "./retention";

const bins = { records: RecordBin, files: FileBin, definitions: DefinitionBin };

/** What was deleted and can come back: records, files, and for who designs, definitions. */
export default function BinPage() {
  const { t } = useTranslation();
  const { abilities } = useMe();
  const [params] = useSearchParams();
  useTitle(t("bin.title"));
  const offered: readonly (keyof typeof bins)[] = abilities.includes("design")
    ? ["records", "files", "definitions"]
    : ["records", "files"];
  const current = offered.find((one) => one === params.get("tab")) ?? "records";
  const Bin = bins[current];
  return (
    <div className={styles.page} data-testid="bin">
      <header className={styles.header}>
        <h1>{t("bin.title")}</h1>
        {current === "records" ? (
          <Retention />
        ) : (
          <p className={styles.note}>{t(`bin.month.${current}`)}</p>
        )}
      </header>
      <Tabs
        label={t("bin.title")}
        tabs={offered.map((one) => ({
          key: one,
          label: t(`bin.tab.${one}`),
          to: one === "records" ? "/bin" : `/bin?tab=${one}`,
          current: one === current,
        }))}
      />
      <Bin />
    </div>
  );
}
