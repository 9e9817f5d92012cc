import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type Invitation,
  invitationsQuery,
  renewInvitation,
  takeInvitationBack,
} from "@/api/invitations";
import { keys } from "@/api/keys";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Entries, Entry } from "@/components/entries";
import { FaultView, faultText } from "@/components/fault-view";
import { Menu } from "@/components/menu";
import { Tag } from "@/components/tag";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import { AskDialog } from "./ask-dialog";
import { LinkTold } from "./link-told";
import styles from "./people.module.css";

/** Who is invited and has not come yet; nothing where there is nobody. */
export function Invitations() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const found = useQuery(invitationsQuery);
  const [link, setLink] = useState<string>();
  const [ending, setEnding] = useState<Invitation>();
  const act = async (perform: () => Promise<void>) => {
    try {
      await perform();
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
    await client.invalidateQueries({ queryKey: keys.invitations });
  };
  if (found.isError) return <FaultView error={found.error} onRetry={() => void found.refetch()} />;
  if (!found.data?.data.length) return null;
  const { data, included } = found.data;
  return (
    <section className={styles.invited} aria-labelledby="invited">
      <h2 id="invited">{t("invitations.title")}</h2>
      <Entries testId="invitations">
        {data.map((one) => (
          <InvitationRow
            key={one.id}
            invitation={one}
            by={included.user?.[one.by]?.display ?? t("history.somebody")}
            onRenew={() => void act(async () => setLink(await renewInvitation(one.id)))}
            onEnd={() => setEnding(one)}
          />
        ))}
      </Entries>
      <Dialog
        title={t("invitations.made")}
        open={link !== undefined}
        firm
        onClose={() => setLink(undefined)}
        testId="invite"
        footer={
          <Button kind="primary" onClick={() => setLink(undefined)} testId="invite.done">
            {t("invitations.done")}
          </Button>
        }
      >
        {link && <LinkTold link={link} />}
      </Dialog>
      <AskDialog
        title={t("invitations.endTitle", { email: ending?.email ?? "" })}
        text={t("invitations.endText")}
        action={t("invitations.end")}
        open={ending !== undefined}
        onClose={() => setEnding(undefined)}
        onAgreed={() => ending && void act(() => takeInvitationBack(ending.id))}
      />
    </section>
  );
}

interface InvitationRowProps {
  readonly invitation: Invitation;
  readonly by: string;
  readonly onRenew: () => void;
  readonly onEnd: () => void;
}

function InvitationRow({ invitation, by, onRenew, onEnd }: InvitationRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const over = new Date(invitation.expires_at).getTime() < Date.now();
  return (
    <Entry
      title={invitation.name || invitation.email}
      below={invitation.name && invitation.email}
      facts={
        <>
          {over && <Tag hue="amber">{t("invitations.over")}</Tag>}
          <span>{t("invitations.by", { name: by })}</span>
          {!over && (
            <span>{t("invitations.until", { at: format.instant(invitation.expires_at) })}</span>
          )}
        </>
      }
    >
      <Menu
        icon="more"
        iconOnly
        label={t("people.actions", { name: invitation.email })}
        testId={`invitations.${invitation.email}.actions`}
        items={[
          { key: "renew", label: t("invitations.renew"), icon: "refresh", perform: onRenew },
          { key: "take-back", label: t("invitations.end"), icon: "trash", perform: onEnd },
        ]}
      />
    </Entry>
  );
}
