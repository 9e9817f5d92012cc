import { useTranslation } from "react-i18next";
import type { Reference } from "@/api/types";
import { useFormat } from "@/components/use-format";

interface Removed {
  readonly at: string;
  readonly by: string | null;
  readonly purge_at: string | null;
}

/** When and by whom something was deleted, and until when it is there. */
export function useWhen(people: Readonly<Record<string, Reference>> | undefined) {
  const { t } = useTranslation();
  const format = useFormat();
  return ({ at, by, purge_at }: Removed): readonly string[] => [
    t("bin.by", {
      when: format.ago(at),
      who: people?.[by ?? ""]?.display ?? t("history.somebody"),
    }),
    purge_at
      ? t("bin.purge", { date: format.day(purge_at), count: daysLeft(purge_at) })
      : t("bin.kept"),
  ];
}

function daysLeft(instant: string): number {
  return Math.max(0, Math.ceil((Date.parse(instant) - Date.now()) / 86_400_000));
}
