import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listFileBin, type RemovedFile, restoreFile } from "@/api/bin";
import { firstPage, keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import { BinPart } from "./bin-part";
import { useWhen } from "./use-when";

/** Files that were taken out of records, to be put back. */
export function FileBin() {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const client = useQueryClient();
  const toast = useToast();
  const [problem, setProblem] = useState("");
  const list = useInfiniteQuery({
    queryKey: keys.fileBin,
    queryFn: ({ pageParam, signal }) => listFileBin(pageParam, signal),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.page.next ?? undefined,
  });
  const files = list.data?.pages.flatMap((page) => page.data) ?? [];
  const when = useWhen(
    Object.assign({}, ...(list.data?.pages.map((page) => page.included?.user) ?? [])),
  );
  const place = (one: RemovedFile) =>
    one.field ? (catalog.field(one.object, one.field)?.title ?? one.field) : t("bin.beside");
  const restore = async (chosen: ReadonlySet<string>) => {
    setProblem("");
    let done = 0;
    for (const one of files.filter((file) => chosen.has(file.id))) {
      try {
        await restoreFile(one.id);
        done += 1;
      } catch (error) {
        setProblem(t("bin.fileProblem", { name: one.name, why: faultText(error, t) }));
        break;
      }
    }
    if (done > 0) toast({ text: t("bin.filesRestored", { count: done }) });
    await client.invalidateQueries({ queryKey: keys.allBin });
    await client.invalidateQueries({ queryKey: keys.allRecords });
  };
  return (
    <BinPart
      list={list}
      titles={[t("bin.record"), t("bin.place"), t("bin.deleted"), t("bin.until")]}
      rows={files.map((one) => ({
        key: one.id,
        name: one.name,
        note: format.bytes(one.size),
        able: one.restore,
        cells: [
          t("bin.of", {
            object: catalog.object(one.object)?.title ?? one.object,
            name: one.display,
          }),
          place(one),
          ...when(one),
        ],
      }))}
      problem={problem}
      empty={t("bin.noFiles")}
      emptyText={t("bin.noFilesText")}
      onRestore={restore}
      more={
        list.hasNextPage && (
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t("bin.more")}
          </Button>
        )
      }
    />
  );
}
