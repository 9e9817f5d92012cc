import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { type Deletion, listBin } from "@/api/bin";
import { firstPage, keys } from "@/api/keys";
import { pluralOf, useCatalog } from "@/api/meta";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { FaultView } from "@/components/fault-view";
import { Select } from "@/components/select";
import { Skeleton } from "@/components/skeleton";
import { TextInput } from "@/components/text-input";
import { useDebounced } from "@/lib/use-debounced";
import styles from "./bin.module.css";
import { BinTable } from "./bin-table";
import { EraseDialog } from "./erase-dialog";
import { RestoreDialog } from "./restore-dialog";
import { useRestore } from "./use-restore";
import { useRestoreKey } from "./use-restore-key";
import { useWhen } from "./use-when";

/** Records that were deleted and can come back, whole families at once. */
export function RecordBin() {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const [params, setParams] = useSearchParams();
  const [object, q] = [params.get("object") ?? "", params.get("q") ?? ""];
  const [typed, setTyped] = useState(q);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [erasing, setErasing] = useState<readonly Deletion[]>([]);
  const set = (name: string, value: string) => {
    setChosen(new Set());
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  };
  const rested = useDebounced(typed.trim(), 250);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a rested text is searched for
  useEffect(() => {
    if (rested !== q) set("q", rested);
  }, [rested]);
  const list = useInfiniteQuery({
    queryKey: keys.bin(object, q),
    queryFn: ({ pageParam, signal }) => listBin(object, q, pageParam, signal),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.page.next ?? undefined,
  });
  const deletions = list.data?.pages.flatMap((page) => page.data) ?? [];
  const people = Object.assign({}, ...(list.data?.pages.map((page) => page.included?.user) ?? []));
  const selected = deletions.filter((one) => chosen.has(one.id));
  const restore = useRestore(() => setChosen(new Set()));
  const restorable = selected.filter((one) => one.can.restore);
  const erasable = selected.filter((one) => one.can.erase);
  const begin = () => void restore.begin(restorable);
  useRestoreKey(restorable.length > 0, begin);
  const when = useWhen(people);
  const rows = deletions.map((one) => ({
    key: one.id,
    name: one.display,
    note: one.via === "merge" ? t("bin.merged") : undefined,
    able: one.can.restore,
    cells: [
      catalog.object(one.object)?.title ?? one.object,
      one.children > 0 ? t("bin.children", { count: one.children }) : t("bin.alone"),
      ...when(one),
    ],
  }));
  return (
    <>
      <div className={styles.bar}>
        <div className={styles.search}>
          <TextInput
            type="search"
            icon="search"
            label={t("bin.search")}
            placeholder={t("bin.search")}
            value={typed}
            onChange={setTyped}
            testId="bin.search"
          />
        </div>
        <div className={styles.object}>
          <Select
            label={t("bin.object")}
            placeholder={t("bin.every")}
            value={object || null}
            choices={catalog.objects.map((one) => ({ value: one.name, label: pluralOf(one) }))}
            onChange={(value) => set("object", value ?? "")}
            testId="bin.object"
          />
        </div>
        <div className={styles.does}>
          <Button
            kind="primary"
            icon="undo"
            disabled={restorable.length === 0}
            busy={restore.busy}
            onClick={begin}
            testId="bin.restore"
          >
            {restorable.length > 0
              ? t("bin.restore", { count: restorable.length })
              : t("bin.restoreNone")}
          </Button>
          {deletions.some((one) => one.can.erase) && (
            <Button
              kind="danger"
              icon="trash"
              disabled={erasable.length === 0}
              onClick={() => setErasing(erasable)}
              testId="bin.erase"
            >
              {t("bin.erase")}
            </Button>
          )}
        </div>
      </div>
      {list.isError && <FaultView error={list.error} onRetry={() => void list.refetch()} />}
      {list.isPending && <Skeleton lines={6} />}
      {list.isSuccess && deletions.length === 0 && (
        <EmptyState
          icon={q || object ? "search" : "trash"}
          title={t(q || object ? "bin.noMatch" : "bin.empty")}
          testId="bin.empty"
          actions={
            (q || object) && (
              <Button
                onClick={() => {
                  setTyped("");
                  setChosen(new Set());
                  setParams({}, { replace: true });
                }}
              >
                {t("bin.showAll")}
              </Button>
            )
          }
        >
          <p>{t("bin.emptyText")}</p>
        </EmptyState>
      )}
      {deletions.length > 0 && (
        <BinTable
          titles={[t("bin.object"), t("bin.with"), t("bin.deleted"), t("bin.until")]}
          rows={rows}
          chosen={chosen}
          onChoose={setChosen}
        />
      )}
      {list.hasNextPage && (
        <div>
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("bin.more")}
          </Button>
        </div>
      )}
      {restore.conflict && (
        <RestoreDialog
          key={restore.conflict.deletion.id}
          conflict={restore.conflict}
          onRestore={restore.again}
          onSkip={restore.skip}
        />
      )}
      {erasing.length > 0 && (
        <EraseDialog
          deletions={erasing}
          onClose={() => {
            setErasing([]);
            setChosen(new Set());
          }}
        />
      )}
    </>
  );
}
