import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/keys";
import { brandQuery } from "@/api/organisation";
import { sessionQuery, updateProfile, useMaybeMe } from "@/api/session";
import { type Language, languages, nearestLanguage, showLanguage } from "@/i18n";
import { keep } from "@/lib/kept";

/**
 * The page's language, how to change it (at once, without losing what was typed), and which ones the
 * organisation offers.
 */
export function useLanguage(): readonly [
  Language,
  (next: Language) => Promise<void>,
  offered: readonly Language[],
] {
  const { i18n } = useTranslation();
  const client = useQueryClient();
  const me = useMaybeMe();
  const brand = useQuery({ ...brandQuery, enabled: false }).data;
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
  const offered = (me?.organisation ?? brand)?.languages ?? languages;
  return [nearestLanguage([i18n.language]), change, offered];
}
