import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useMaybeMe } from "@/api/session";
import { Formatter } from "@/lib/format";

/** Writes values in the page's language and in the person's time zone. */
export function useFormat(): Formatter {
  const { t, i18n } = useTranslation();
  const me = useMaybeMe();
  const language = i18n.language;
  const justNow = t("time.justNow");
  const currency = me?.organisation.currency ?? "";
  const timezone = me?.timezone || me?.organisation.timezone || browserTimezone();
  return useMemo(
    () => new Formatter({ language, timezone, justNow, currency }),
    [language, timezone, justNow, currency],
  );
}

/** The time zone that the browser is in. */
export function browserTimezone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
