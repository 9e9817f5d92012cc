import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/keys";
import { sessionQuery, updateProfile, useMaybeMe } from "@/api/session";
import { type Language, nearestLanguage, showLanguage } from "@/i18n";
import { keep } from "@/lib/kept";

/** The page's language, and how to change it: at once, without losing what was typed. */
export function useLanguage(): readonly [Language, (next: Language) => Promise<void>] {
  const { i18n } = useTranslation();
  const client = useQueryClient();
  const me = useMaybeMe();
  const signedIn = me !== null && !me.viewer;
  const change = useCallback(
    async (next: Language) => {
      keep("language", next);
      await showLanguage(next);
      if (!signedIn) return;
      client.setQueryData(sessionQuery.queryKey, await updateProfile({ locale: next }));
      await client.invalidateQueries({ queryKey: keys.meta });
      await client.invalidateQueries();
    },
    [client, signedIn],
  );
  return [nearestLanguage(i18n.language), change];
}
