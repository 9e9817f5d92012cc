import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import {
  largestFile,
  listFiles,
  placeOf,
  removeFile,
  type StoredFile,
  toldLimit,
} from "@/api/files";
import { firstPage, keys } from "@/api/keys";
import { Button } from "@/components/button";
import { FaultView } from "@/components/fault-view";
import { FilePick } from "@/components/file-pick";
import { FileRows, UploadRows } from "@/components/file-rows";
import { Skeleton } from "@/components/skeleton";
import { useFormat } from "@/components/use-format";
import { useUploads } from "@/components/use-uploads";
import styles from "./record.module.css";

interface AttachmentsProps {
  readonly object: string;
  readonly id: string;
  readonly can: boolean;
}

/** The files that a record has beside its fields. */
export function Attachments({ object, id, can }: AttachmentsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const place = placeOf(object, id);
  const key = keys.files(object, id);
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => listFiles(place, pageParam, signal),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.page.next ?? undefined,
  });
  const again = async () => {
    await client.invalidateQueries({ queryKey: key });
    await client.invalidateQueries({ queryKey: keys.timeline(object, id) });
  };
  const { uploads, dismiss, send } = useUploads(place, () => void again());
  const removal = useMutation({
    mutationFn: (gone: string) => removeFile(place, gone),
    onSettled: again,
  });
  const files = list.data?.pages.flatMap((page) => page.data) ?? [];
  const said = new Map(
    list.data?.pages.flatMap((page) =>
      page.data.map((file) => [file.id, note(file, page.included?.user?.[file.by]?.display)]),
    ),
  );
  function note(file: StoredFile, who: string | undefined): string {
    return [who, format.ago(file.at)].filter(Boolean).join(" · ");
  }
  return (
    <section className={styles.files} aria-labelledby="files" data-testid="record.files">
      <h2 id="files" className={styles.partTitle}>
        {t("files.title")}
      </h2>
      {list.isPending && <Skeleton lines={2} />}
      {list.isError && <FaultView error={list.error} onRetry={() => void list.refetch()} />}
      {removal.isError && <FaultView error={removal.error} />}
      {list.isSuccess && files.length === 0 && uploads.length === 0 && (
        <p className={styles.none}>{t("files.none")}</p>
      )}
      <FileRows
        files={files}
        note={(file) => said.get(file.id) ?? ""}
        onRemove={can ? (gone) => removal.mutate(gone.id) : undefined}
      />
      {list.hasNextPage && (
        <Button
          kind="quiet"
          busy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t("files.older")}
        </Button>
      )}
      <UploadRows uploads={uploads} onDismiss={dismiss} />
      {can && (
        <FilePick
          label={t("files.add")}
          text={t("files.choose", { max: format.bytes(toldLimit(largestFile)) })}
          multiple
          testId="record.files.add"
          onFiles={(chosen) => {
            for (const file of chosen) void send(file);
          }}
        />
      )}
    </section>
  );
}
