import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { discardAll, outboxQuery } from "@/api/outbox";
import { signOut, useMe } from "@/api/session";
import { endViewAs } from "@/api/view-as";
import { faultText } from "@/components/fault-view";
import { useToast } from "@/components/toaster";
import { forget } from "@/lib/kept";

/** The way out: ends the session, and forgets what this browser kept for the person. */
export function useLeave(): () => Promise<void> {
  const { t } = useTranslation();
  const toast = useToast();
  const { id, viewer } = useMe();
  return async () => {
    try {
      if (viewer) return await endViewAs();
      await signOut();
    } catch (error) {
      toast({ text: faultText(error, t) });
      return;
    }
    await discardAll(id);
    forget("draft:");
    forget("recent");
    // A new page, so that nothing of this person stays in memory.
    location.assign("/sign-in");
  };
}

/** The way out for whom something may wait to be sent: then it asks before. */
export function useLeaveUnless(ask: () => void): () => Promise<void> {
  const client = useQueryClient();
  const { id } = useMe();
  const leave = useLeave();
  return async () => {
    // What the page shows may not have been read yet, and leaving loses it.
    const waiting = await client.fetchQuery({ ...outboxQuery(id), staleTime: 0 });
    if (waiting.length > 0) ask();
    else await leave();
  };
}
