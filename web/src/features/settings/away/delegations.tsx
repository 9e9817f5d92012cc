import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Delegation, delegationsQuery, endDelegation } from "@/api/delegations";
import { keys } from "@/api/keys";
import { Button } from "@/components/button";
import { Entries, Entry } from "@/components/entries";
import { FaultView, faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { Tag } from "@/components/tag";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import styles from "./away.module.css";
import { DelegationForm } from "./delegation-form";

/** Who stands in for a person, for whom the person stands in, and the way to say so. */
export function Delegations({ person }: { readonly person: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const found = useQuery(delegationsQuery(person));
  const refresh = () => client.invalidateQueries({ queryKey: keys.delegations() });
  const end = useMutation({ mutationFn: endDelegation, onSettled: refresh });
  const begun = () => {
    toast({ text: t("away.begun") });
    void refresh();
  };
  if (found.isPending) return <Skeleton lines={3} />;
  if (found.isError) return <FaultView error={found.error} onRetry={() => void found.refetch()} />;
  const { data, included } = found.data;
  const named = (id: string) => included.user?.[id]?.display ?? t("history.somebody");
  return (
    <div className={styles.part}>
      {end.isError && (
        <Notice tone="danger">
          <p>{faultText(end.error, t)}</p>
        </Notice>
      )}
      {data.length > 0 && (
        <Entries testId="away.list">
          {data.map((one) => (
            <Row
              key={one.id}
              one={one}
              own={one.person === person}
              named={named}
              onEnd={() => end.mutate(one.id)}
            />
          ))}
        </Entries>
      )}
      <DelegationForm person={person} onBegun={begun} />
    </div>
  );
}

interface RowProps {
  readonly one: Delegation;
  /** The person is away; else the person stands in. */
  readonly own: boolean;
  readonly named: (id: string) => string;
  readonly onEnd: () => void;
}

function Row({ one, own, named, onEnd }: RowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = Date.parse(one.from) <= Date.now();
  return (
    <Entry
      title={t(own ? "away.standsIn" : "away.forOther", { name: named(own ? one.to : one.person) })}
      below={
        <>
          <span>
            {t("away.between", {
              from: format.instant(one.from),
              until: format.instant(one.until),
            })}
          </span>
          {now && <Tag hue="green">{t("away.now")}</Tag>}
        </>
      }
      testId={`away.${one.id}`}
    >
      {own && (
        <Button kind="danger" onClick={onEnd} testId="away.end">
          {t(now ? "away.end" : "away.takeBack")}
        </Button>
      )}
    </Entry>
  );
}
