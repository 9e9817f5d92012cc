import type { TFunction } from "i18next";
import { refusalOf } from "@/lib/passkey";
import { faultText } from "./fault-view";

/** Why a passkey did not do, by the server or by the browser. */
export function passkeyText(error: unknown, t: TFunction): string {
  const refused = refusalOf(error);
  if (refused === "known") return t("passkeys.known");
  return refused === "given" ? t("passkeys.notGiven") : faultText(error, t);
}
