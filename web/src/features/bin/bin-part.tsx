import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { FaultView } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import styles from "./bin.module.css";
import { type BinRow, BinTable } from "./bin-table";
import { useRestoreKey } from "./use-restore-key";

interface BinPartProps {
  readonly list: {
    readonly isPending: boolean;
    readonly isError: boolean;
    readonly isSuccess: boolean;
    readonly error: unknown;
    readonly refetch: () => unknown;
  };
  readonly titles: readonly string[];
  readonly rows: readonly BinRow[];
  /** Why something did not come back. */
  readonly problem: string;
  readonly empty: string;
  readonly emptyText: string;
  readonly onRestore: (chosen: ReadonlySet<string>) => Promise<void>;
  readonly more?: ReactNode;
}

/** A part of the recycle bin: what is chosen of it comes back. */
export function BinPart({ list, titles, rows, problem, onRestore, ...props }: BinPartProps) {
  const { t } = useTranslation();
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [busy, setBusy] = useState(false);
  const chosen = new Set(rows.filter((one) => ticked.has(one.key)).map((one) => one.key));
  const restore = async () => {
    setBusy(true);
    await onRestore(chosen);
    setBusy(false);
  };
  useRestoreKey(chosen.size > 0 && !busy, () => void restore());
  return (
    <>
      {problem && (
        <Notice tone="danger" testId="bin.problem">
          {problem}
        </Notice>
      )}
      {list.isError && <FaultView error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton lines={6} />}
      {list.isSuccess && rows.length === 0 && (
        <EmptyState icon="trash" title={props.empty} testId="bin.empty">
          <p>{props.emptyText}</p>
        </EmptyState>
      )}
      {rows.length > 0 && (
        <>
          <div className={styles.bar}>
            <div className={styles.does}>
              <Button
                kind="primary"
                icon="undo"
                disabled={chosen.size === 0}
                busy={busy}
                onClick={() => void restore()}
                testId="bin.restore"
              >
                {chosen.size > 0 ? t("bin.restore", { count: chosen.size }) : t("bin.restoreNone")}
              </Button>
            </div>
          </div>
          <BinTable titles={titles} rows={rows} chosen={chosen} onChoose={setTicked} />
        </>
      )}
      {props.more && <div>{props.more}</div>}
    </>
  );
}
