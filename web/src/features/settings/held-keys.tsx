import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { heldApiKeys, revokeHeldApiKey } from "@/api/api-keys";
import { firstPage, keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import type { HeldApiKey } from "@/api/types";
import { Button } from "@/components/button";
import { FaultView, faultText } from "@/components/fault-view";
import { scopeLines } from "@/components/key-scope";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { TableFrame } from "@/components/table-frame";
import { Tag } from "@/components/tag";
import { useFormat } from "@/components/use-format";
import { RevokeDialog } from "./revoke-dialog";
import styles from "./settings.module.css";

/** The keys of everybody, for who manages people. */
export function HeldKeys() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [revoking, setRevoking] = useState<HeldApiKey | null>(null);
  const found = useInfiniteQuery({
    queryKey: keys.allApiKeys,
    queryFn: ({ pageParam, signal }) => heldApiKeys(pageParam, signal),
    initialPageParam: firstPage,
    getNextPageParam: (part) => part.page.next ?? undefined,
  });
  const revoke = useMutation({
    mutationFn: (key: HeldApiKey) => revokeHeldApiKey(key.id),
    onSettled: () => client.invalidateQueries({ queryKey: keys.apiKeys }),
  });
  const parts = found.data?.pages ?? [];
  const held = parts.flatMap((part) => part.data);
  const names = Object.assign({}, ...parts.map((part) => part.included.user));
  const titles = [
    t("apiKeys.key"),
    t("apiKeys.scope"),
    t("apiKeys.lastUsed"),
    t("apiKeys.expires"),
  ];
  return (
    <section className={styles.wideBlock} aria-labelledby="held-keys">
      <h2 id="held-keys">{t("apiKeys.everybody")}</h2>
      <p className={styles.fact}>{t("apiKeys.everybodyText")}</p>
      {revoke.isError && (
        <Notice tone="danger" testId="heldKeys.refusal">
          <p>{faultText(revoke.error, t)}</p>
        </Notice>
      )}
      {found.isPending && <Skeleton lines={3} />}
      {found.isError && <FaultView error={found.error} onRetry={() => void found.refetch()} />}
      {found.isSuccess && held.length === 0 && <p className={styles.fact}>{t("apiKeys.none")}</p>}
      {held.length > 0 && (
        <TableFrame label={t("apiKeys.everybody")}>
          <table className={styles.held} data-testid="heldKeys">
            <thead>
              <tr>
                {[t("apiKeys.person"), ...titles, t("apiKeys.revoke")].map((title) => (
                  <th key={title} scope="col">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {held.map((key) => (
                <HeldRow
                  key={key.id}
                  apiKey={key}
                  name={names[key.user]?.display ?? t("history.somebody")}
                  titles={titles}
                  onRevoke={() => setRevoking(key)}
                />
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
      {found.hasNextPage && (
        <div>
          <Button busy={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
            {t("people.more")}
          </Button>
        </div>
      )}
      <RevokeDialog apiKey={revoking} onClose={() => setRevoking(null)} onAgreed={revoke.mutate} />
    </section>
  );
}

interface HeldRowProps {
  readonly apiKey: HeldApiKey;
  readonly name: string;
  /** What the cells are called where they stand below one another. */
  readonly titles: readonly string[];
  readonly onRevoke: () => void;
}

function HeldRow({ apiKey, name, titles, onRevoke }: HeldRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const { seen_at: used, expires_at: ends } = apiKey;
  const over = ends !== null && new Date(ends).getTime() < Date.now();
  const lines = apiKey.scopes ? scopeLines(apiKey, catalog, t) : [t("apiKeys.wholeOf")];
  return (
    <tr data-testid={`heldKeys.${apiKey.id}`}>
      <th scope="row">{name}</th>
      <td data-label={titles[0]}>{apiKey.name}</td>
      <td data-label={titles[1]}>
        {lines.map((line) => (
          <span key={line} className={styles.line}>
            {line}
          </span>
        ))}
      </td>
      <td data-label={titles[2]}>{used ? format.ago(used) : t("apiKeys.never")}</td>
      <td data-label={titles[3]}>
        {over ? <Tag hue="amber">{t("apiKeys.over")}</Tag> : ends && format.day(ends)}
      </td>
      <td>
        <Button kind="danger" onClick={onRevoke} testId={`heldKeys.${apiKey.id}.revoke`}>
          {t("apiKeys.revoke")}
          <span className="unseen">{` ${apiKey.name}, ${name}`}</span>
        </Button>
      </td>
    </tr>
  );
}
