import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/keys";
import { useMe } from "@/api/session";
import { waysQuery } from "@/api/single-sign-on";
import { Button } from "@/components/button";
import { useTitle } from "@/components/use-title";
import { CardPage } from "@/features/session/card-page";
import { EnrolDialog } from "@/features/settings/enrol-dialog";
import { NewPasskeyDialog } from "@/features/settings/new-passkey-dialog";
import { takesPasskeys } from "@/lib/passkey";
import styles from "./shell.module.css";
import { useLeave } from "./use-leave";

/** All that there is for who needs a second factor and has none: a way to get one, and the way out. */
export default function ConfinedPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const me = useMe();
  const leave = useLeave();
  const { data: ways } = useQuery(waysQuery);
  const usable = takesPasskeys(ways?.passkeys);
  const [open, setOpen] = useState<"app" | "passkey" | null>(null);
  useTitle(t("required.now"));
  const close = () => {
    setOpen(null);
    // Where it was done, this page goes away, and what was refused before it is asked anew.
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.session[0] });
    void client.invalidateQueries({ queryKey: keys.session });
  };
  return (
    <CardPage>
      <h1>{t("required.now")}</h1>
      <div className={styles.confined} data-testid="confined">
        <p>{t("required.nowText", { organisation: me.organisation.name })}</p>
        <p>{t("required.why")}</p>
        {usable && (
          <Button
            kind="primary"
            wide
            icon="key"
            onClick={() => setOpen("passkey")}
            testId="passkeys.add"
          >
            {t("passkeys.add")}
          </Button>
        )}
        <Button
          kind={usable ? "plain" : "primary"}
          wide
          icon="lock"
          onClick={() => setOpen("app")}
          testId="factor.on"
        >
          {t("required.byApp")}
        </Button>
        <Button kind="quiet" wide onClick={() => void leave()} testId="confined.leave">
          {t("session.signOut")}
        </Button>
        <p className={styles.confinedHelp}>{t("settings.signedInAs", { email: me.email })}</p>
      </div>
      {open === "app" && <EnrolDialog onDone={() => undefined} onClose={close} />}
      {open === "passkey" && <NewPasskeyDialog onDone={() => undefined} onClose={close} />}
    </CardPage>
  );
}
