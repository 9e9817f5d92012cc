import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { IconButton } from "@/components/button";
import { Select } from "@/components/select";
import { useFormat } from "@/components/use-format";
import styles from "./kanban.module.css";
import { beside, type Column } from "./model";

/** The column that a phone shows, kept in the address; at first one with cards. */
export function usePicked(columns: readonly Column[]) {
  const [params, setParams] = useSearchParams();
  const wanted = params.get("column");
  const known = columns.find((column) => column.key === wanted);
  const first = known ?? columns.find((column) => column.count > 0) ?? columns[0];
  const pick = (key: string) => {
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        next.set("column", key);
        return next;
      },
      { replace: true },
    );
  };
  return [first?.key ?? "", pick] as const;
}

interface ColumnPickerProps {
  readonly columns: readonly Column[];
  readonly picked: string;
  readonly onPick: (key: string) => void;
}

/** Chooses the one column that there is room for. */
export function ColumnPicker({ columns, picked, onPick }: ColumnPickerProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const step = (by: number) => beside(columns, picked, by);
  return (
    <div className={styles.picker}>
      <IconButton
        icon="chevron-left"
        label={t("kanban.previous")}
        disabled={step(-1) === picked}
        onClick={() => onPick(step(-1))}
      />
      <Select
        label={t("kanban.column")}
        choices={columns.map((column) => ({
          value: column.key,
          label: t("kanban.choice", { column: column.title, n: format.number(column.count) }),
        }))}
        value={picked}
        onChange={(key) => onPick(key ?? "")}
        testId="kanban.pick"
      />
      <IconButton
        icon="chevron-right"
        label={t("kanban.next")}
        disabled={step(1) === picked}
        onClick={() => onPick(step(1))}
        testId="kanban.next"
      />
    </div>
  );
}
