import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { errorFileAddress, isMoving, listImportRows, type RowState } from "@/api/imports";
import { firstPage, keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { Button } from "@/components/button";
import { FaultView, faultText } from "@/components/fault-view";
import { Icon } from "@/components/icon";
import { Notice } from "@/components/notice";
import { Segmented } from "@/components/segmented";
import { Skeleton } from "@/components/skeleton";
import { TableFrame } from "@/components/table-frame";
import { useFormat } from "@/components/use-format";
import { Counts } from "./counts";
import styles from "./import.module.css";
import type { StepProps } from "./mapping-step";
import { Progress } from "./run-step";
import { useStart } from "./use-import";

/** The rows that somebody should look at. */
const states: readonly RowState[] = ["error", "conflict"];

/** What an import would do: nothing has been written yet. */
export function CheckStep({ made, object, onMapping }: StepProps & { onMapping: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const run = useStart(made, "run");
  if (isMoving(made.state)) return <Progress made={made} label={t("import.planning")} />;
  const { counts } = made;
  const wrong = counts.error + counts.conflict;
  const usable = counts.create + counts.update;
  return (
    <>
      <Counts counts={counts} />
      {wrong > 0 && (
        <Notice
          tone="warning"
          testId="import.wrong"
          actions={
            <a className={styles.download} href={errorFileAddress(made.id)} download>
              <Icon name="download" />
              {t("import.errorFile")}
            </a>
          }
        >
          <p>{t("import.wrong", { count: wrong, n: format.number(wrong) })}</p>
        </Notice>
      )}
      {wrong === 0 && usable === 0 && (
        <Notice tone="info" testId="import.nothing">
          <p>{t("import.nothing")}</p>
        </Notice>
      )}
      {run.isError && (
        <Notice tone="danger">
          <p>{faultText(run.error, t)}</p>
        </Notice>
      )}
      <Rows made={made} object={object} />
      <footer className={styles.foot}>
        <p className={styles.note}>{t("import.notYet")}</p>
        <Button kind="quiet" onClick={onMapping} testId="import.back">
          {t("import.backToMapping")}
        </Button>
        <Button
          kind="primary"
          busy={run.isPending}
          disabled={usable === 0}
          onClick={() => run.mutate()}
          testId="import.run"
        >
          {t("import.run", { count: usable, n: format.number(usable) })}
        </Button>
      </footer>
    </>
  );
}

/** The rows that are left out, with the reasons. */
function Rows({ made, object }: StepProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const present = states.filter((state) => made.counts[state] > 0);
  const [chosen, setChosen] = useState(present[0] ?? "error");
  const rows = useInfiniteQuery({
    queryKey: keys.importRows(made.id, chosen),
    queryFn: ({ pageParam, signal }) => listImportRows(made.id, chosen, pageParam, signal),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.page.next ?? undefined,
    enabled: present.length > 0,
  });
  if (present.length === 0) return null;
  const fields = made.columns.flatMap((column) => {
    return (column.field && catalog.field(object.name, column.field)) || [];
  });
  const choices = present.map((state) => ({
    value: state,
    label: t("import.tab", {
      state: t(`import.row.${state}`),
      n: format.number(made.counts[state]),
    }),
  }));
  return (
    <section className={styles.rows} aria-label={t("import.rowsTitle")}>
      <Segmented
        label={t("import.rowsTitle")}
        value={chosen}
        choices={choices}
        onChange={setChosen}
        testId="import.states"
      />
      {rows.isPending && <Skeleton lines={4} />}
      {rows.isError && <FaultView error={rows.error} onRetry={() => void rows.refetch()} />}
      {rows.data && (
        <TableFrame label={t("import.rowsTitle")}>
          <table className={styles.table} data-testid="import.rows">
            <thead>
              <tr>
                <th scope="col">{t("import.rowNumber")}</th>
                <th scope="col">{t("import.reason")}</th>
                {fields.map((field) => (
                  <th key={field.name} scope="col">
                    {field.title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.data.pages.flatMap((page) =>
                page.data.map((row) => (
                  <tr key={row.row} data-testid={`import.row.${row.row}`}>
                    <th scope="row">{row.row}</th>
                    <td className={styles.reasons}>
                      {row.errors.map((error) => (
                        <p key={error.pointer + error.code}>
                          {fields.find((field) => `/${field.name}` === error.pointer)?.title}{" "}
                          {error.message}
                        </p>
                      ))}
                    </td>
                    {fields.map((field) => (
                      <td
                        key={field.name}
                        className={styles.cell}
                        data-wrong={
                          row.errors.some((error) => error.pointer === `/${field.name}`) ||
                          undefined
                        }
                      >
                        {row.values[field.name]}
                      </td>
                    ))}
                  </tr>
                )),
              )}
            </tbody>
          </table>
        </TableFrame>
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
    </section>
  );
}
