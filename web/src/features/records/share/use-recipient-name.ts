import { useTranslation } from "react-i18next";
import { useCatalog, useOptions } from "@/api/meta";
import { type Recipient, recipientOf } from "@/api/shares";
import type { Included } from "@/api/types";

/** Names with whom a record is shared, as far as the reader may know of him. */
export function useRecipientName(included: Included): (to: Recipient) => string {
  const { t } = useTranslation();
  const roles = useOptions(useCatalog().field("user", "roles"));
  return (to) => {
    const { kind, id } = recipientOf(to);
    if (kind === "role") return roles?.find((one) => one.const === id)?.title ?? id;
    return included[kind]?.[id]?.display ?? t("field.unseenRecord");
  };
}
