import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { apiKeysQuery, revokeApiKey } from "@/api/api-keys";
import { keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { useMe } from "@/api/session";
import type { ApiKey } from "@/api/types";
import { Button } from "@/components/button";
import { EmptyState } from "@/components/empty-state";
import { Entries, Entry } from "@/components/entries";
import { FaultView, faultText } from "@/components/fault-view";
import { scopeLines } from "@/components/key-scope";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { useFormat } from "@/components/use-format";
import { HeldKeys } from "./held-keys";
import { NewKeyDialog } from "./new-key-dialog";
import { RevokeDialog } from "./revoke-dialog";
import styles from "./settings.module.css";
import { SettingsFrame } from "./settings-frame";

/** The keys with which programs act in one's name. */
export default function KeysPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const found = useQuery(apiKeysQuery);
  const me = useMe();
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const refresh = () => void client.invalidateQueries({ queryKey: keys.apiKeys });
  const revoke = useMutation({
    mutationFn: (key: ApiKey) => revokeApiKey(key.id),
    onSettled: refresh,
  });
  return (
    <SettingsFrame>
      <section className={styles.wideBlock} aria-labelledby="keys">
        <div className={styles.blockHead}>
          <h2 id="keys">{t("settings.keys")}</h2>
          <Button kind="primary" icon="plus" onClick={() => setMaking(true)} testId="keys.new">
            {t("apiKeys.new")}
          </Button>
        </div>
        <p className={styles.fact}>{t("apiKeys.text")}</p>
        {revoke.isError && (
          <Notice tone="danger">
            <p>{faultText(revoke.error, t)}</p>
          </Notice>
        )}
        {found.isPending && <Skeleton lines={3} />}
        {found.isError && <FaultView error={found.error} onRetry={() => void found.refetch()} />}
        {found.data?.length === 0 && <EmptyState icon="key" title={t("apiKeys.none")} />}
        {found.data && found.data.length > 0 && (
          <Entries testId="keys">
            {found.data.map((key) => (
              <KeyRow key={key.id} apiKey={key} onRevoke={() => setRevoking(key)} />
            ))}
          </Entries>
        )}
      </section>
      {making && <NewKeyDialog onMade={refresh} onClose={() => setMaking(false)} />}
      {me.abilities.includes("manage_users") && <HeldKeys />}
      <RevokeDialog apiKey={revoking} onClose={() => setRevoking(null)} onAgreed={revoke.mutate} />
    </SettingsFrame>
  );
}

function KeyRow({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const { created_at: made, seen_at: used, expires_at: ends } = apiKey;
  return (
    <Entry
      title={apiKey.name}
      facts={
        <>
          <span className={styles.scope}>
            {apiKey.scopes === null
              ? t("apiKeys.all")
              : scopeLines(apiKey, catalog, t).map((line) => <span key={line}>{line}</span>)}
          </span>
          <span>{t("apiKeys.made", { at: format.day(made) })}</span>
          <span>{used ? t("apiKeys.used", { at: format.ago(used) }) : t("apiKeys.unused")}</span>
          <span>{ends && t("apiKeys.ends", { at: format.day(ends) })}</span>
        </>
      }
      testId={`keys.${apiKey.id}`}
    >
      <Button kind="danger" onClick={onRevoke} testId={`keys.${apiKey.id}.revoke`}>
        {t("apiKeys.revoke")}
      </Button>
    </Entry>
  );
}
