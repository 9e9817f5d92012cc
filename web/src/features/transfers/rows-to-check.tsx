import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Import, listImportRows, type RowFilter } from "@/api/imports";
import { firstPage, keys } from "@/api/keys";
import { Button } from "@/components/button";
import { FaultView, faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { Segmented } from "@/components/segmented";
import { Skeleton } from "@/components/skeleton";
import { useFormat } from "@/components/use-format";
import { CorrectionTable } from "./correction-table";
import styles from "./import.module.css";
import type { StepProps } from "./mapping-step";
import { ReplaceDialog, type Replacing } from "./replace-dialog";
import { useCorrections } from "./use-import";

/** The rows that somebody should look at, by what is with them. */
const groups = {
  wrong: { state: "error,conflict" },
  error: { state: "error" },
  conflict: { state: "conflict" },
  left_out: { state: "left_out" },
  corrected: { corrected: "true" },
} as const satisfies Record<string, RowFilter>;

type Group = keyof typeof groups;

function sizeOf(made: Import, group: Group): number {
  if (group === "wrong") return made.counts.error + made.counts.conflict;
  return group === "corrected" ? made.corrected : made.counts[group];
}

/** The groups that have rows; errors and conflicts together only where there are both. */
function groupsOf(made: Import): readonly Group[] {
  const both = made.counts.error > 0 && made.counts.conflict > 0;
  const all: readonly Group[] = ["wrong", "error", "conflict", "left_out", "corrected"];
  return all.filter((group) => sizeOf(made, group) > 0 && (group !== "wrong" || both));
}

/** The rows that cannot be imported as they are, which are corrected here. */
export function RowsToCheck({ made, object }: StepProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const present = groupsOf(made);
  const [wanted, setWanted] = useState<Group | null>(null);
  const [replacing, setReplacing] = useState<Replacing | null>(null);
  const chosen = (wanted && present.includes(wanted) ? wanted : present[0]) ?? "error";
  const corrections = useCorrections(made);
  const rows = useInfiniteQuery({
    queryKey: keys.importRows(made.id, chosen),
    queryFn: ({ pageParam, signal }) => {
      return listImportRows(made.id, groups[chosen], pageParam, signal);
    },
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.page.next ?? undefined,
    enabled: present.length > 0,
  });
  if (present.length === 0) return null;
  const choices = present.map((group) => ({
    value: group,
    label: t("import.tab", {
      state: t(`import.group.${group}`),
      n: format.number(sizeOf(made, group)),
    }),
  }));
  return (
    <section className={styles.rows} aria-label={t("import.rowsTitle")}>
      <Segmented
        label={t("import.rowsTitle")}
        value={chosen}
        choices={choices}
        onChange={setWanted}
        testId="import.states"
      />
      <p className={styles.note}>{t("import.correctHere")}</p>
      {corrections.isError && (
        <Notice tone="danger" testId="import.correctionRefused">
          <p>{faultText(corrections.error, t)}</p>
        </Notice>
      )}
      {rows.isPending && <Skeleton lines={4} />}
      {rows.isError && <FaultView error={rows.error} onRetry={() => void rows.refetch()} />}
      {rows.data && (
        <CorrectionTable
          made={made}
          object={object}
          rows={rows.data.pages.flatMap((page) => page.data)}
          onCorrect={(row, change) => corrections.mutate({ rows: [{ row, ...change }] })}
          onReplace={setReplacing}
          onWithdraw={({ field, value }) => {
            corrections.mutate({ replace: [{ field: field.name, value, with: value }] });
          }}
        />
      )}
      {rows.hasNextPage && (
        <Button
          kind="quiet"
          busy={rows.isFetchingNextPage}
          onClick={() => void rows.fetchNextPage()}
        >
          {t("import.moreRows")}
        </Button>
      )}
      {replacing && (
        <ReplaceDialog
          replacing={replacing}
          onClose={() => setReplacing(null)}
          onReplace={(become) => {
            const { field, value } = replacing;
            corrections.mutate({ replace: [{ field: field.name, value, ...become }] });
          }}
        />
      )}
    </section>
  );
}
