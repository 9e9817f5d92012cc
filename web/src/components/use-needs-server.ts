import { useTranslation } from "react-i18next";
import { useReach } from "@/lib/reach";

/** Why something cannot be done now that only the server can do; undefined while it is in reach. */
export function useNeedsServer(): string | undefined {
  const { t } = useTranslation();
  return useReach().offline ? t("offline.needed") : undefined;
}
