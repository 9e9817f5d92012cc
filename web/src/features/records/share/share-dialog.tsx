import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDefinition } from "@/api/definitions";
import { keys } from "@/api/keys";
import { endShare, type Offer, type Share, shareRecord, sharesQuery } from "@/api/shares";
import type { Included } from "@/api/types";
import { Dialog, Sheet } from "@/components/dialog";
import { FaultView, faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { useToast } from "@/components/toaster";
import { usePhone } from "@/components/use-media";
import styles from "./share.module.css";
import { ShareForm } from "./share-form";
import { ShareRow } from "./share-row";
import { useRecipientName } from "./use-recipient-name";

interface ShareDialogProps {
  readonly object: ObjectDefinition;
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}

/** With whom a record is shared, and sharing it; on a phone a sheet from below. */
export default function ShareDialog({ object, id, name, onClose }: ShareDialogProps) {
  const { t } = useTranslation();
  const phone = usePhone();
  const shares = useQuery(sharesQuery(object.name, id));
  const overlay = { title: t("share.title", { name }), open: true, onClose, testId: "share" };
  const content = (
    <div className={styles.share}>
      {shares.isError && (
        <FaultView error={shares.error} heading="h2" onRetry={() => shares.refetch()} />
      )}
      {shares.isPending && <Skeleton lines={5} />}
      {shares.data && (
        <Sharing
          object={object.name}
          id={id}
          shares={shares.data.data}
          included={shares.data.included}
          may={shares.data.can.share}
        />
      )}
    </div>
  );
  if (phone) {
    return (
      <Sheet {...overlay} below>
        {content}
      </Sheet>
    );
  }
  return <Dialog {...overlay}>{content}</Dialog>;
}

interface SharingProps {
  readonly object: string;
  readonly id: string;
  readonly shares: readonly Share[];
  readonly included: Included;
  readonly may: boolean;
}

function Sharing({ object, id, shares, included, may }: SharingProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const nameOf = useRecipientName(included);
  const [changing, setChanging] = useState<Share>();
  // A new form after each share that was made: the next is for somebody else.
  const [made, setMade] = useState(0);
  const refresh = () => client.invalidateQueries({ queryKey: keys.record(object, id) });

  const share = async (offer: Offer) => {
    await shareRecord(object, id, offer);
    setChanging(undefined);
    setMade((count) => count + 1);
    await refresh();
  };
  const again = async (offer: Offer) => {
    try {
      await share(offer);
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
  };
  const takeBack = async (one: Share) => {
    const { to, access, until } = one;
    try {
      await endShare(object, id, one.id);
      toast({
        text: t("share.ended", { name: nameOf(to) }),
        action: { label: t("action.undo"), perform: () => void again({ to, access, until }) },
      });
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
    if (changing?.id === one.id) setChanging(undefined);
    await refresh();
  };
  return (
    <>
      {may ? (
        <ShareForm
          key={changing?.id ?? made}
          changing={changing}
          name={changing && nameOf(changing.to)}
          onShare={share}
          onCancel={() => setChanging(undefined)}
        />
      ) : (
        <Notice tone="info" testId="share.given">
          <p>{t("share.given")}</p>
        </Notice>
      )}
      <section className={styles.with} aria-label={t("share.with")}>
        <h3 className={styles.heading}>{t("share.with")}</h3>
        {shares.length === 0 ? (
          <p className={styles.quiet} data-testid="share.none">
            {t("share.none")}
          </p>
        ) : (
          <ul className={styles.list}>
            {shares.map((one) => (
              <ShareRow
                key={one.id}
                share={one}
                name={nameOf(one.to)}
                by={nameOf({ user: one.by })}
                may={may}
                changing={one.id === changing?.id}
                onChange={() => setChanging(one)}
                onEnd={() => void takeBack(one)}
              />
            ))}
          </ul>
        )}
      </section>
    </>
  );
}
