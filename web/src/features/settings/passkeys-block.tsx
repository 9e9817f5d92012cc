import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/keys";
import { type Passkey, passkeysQuery, removePasskey } from "@/api/passkeys";
import { waysQuery } from "@/api/single-sign-on";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { FaultView } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { passkeyText } from "@/components/passkey-words";
import { Skeleton } from "@/components/skeleton";
import { useFormat } from "@/components/use-format";
import { takesPasskeys } from "@/lib/passkey";
import { NewPasskeyDialog } from "./new-passkey-dialog";
import { PasswordForm } from "./password-form";
import styles from "./settings.module.css";

/** One's passkeys: which there are, a new one, and the way to take one away. */
export function PasskeysBlock() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const found = useQuery(passkeysQuery);
  const { data: ways } = useQuery(waysQuery);
  const [adding, setAdding] = useState(false);
  const [removed, setRemoved] = useState<Passkey>();
  const usable = takesPasskeys(ways?.passkeys);
  const refresh = async () => {
    await client.invalidateQueries({ queryKey: keys.passkeys });
    await client.invalidateQueries({ queryKey: keys.secondFactor });
    await client.invalidateQueries({ queryKey: keys.session }); // of whom a factor is required
  };
  return (
    <section className={styles.block} aria-labelledby="passkeys">
      <h2 id="passkeys">{t("passkeys.title")}</h2>
      <p className={styles.fact}>{t("passkeys.text")}</p>
      {found.isPending && <Skeleton lines={2} />}
      {found.isError && <FaultView error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && found.data.length > 0 && (
        <ul className={styles.keys} data-testid="passkeys">
          {found.data.map((passkey) => (
            <PasskeyRow key={passkey.id} passkey={passkey} onRemove={() => setRemoved(passkey)} />
          ))}
        </ul>
      )}
      {ways && !usable && (
        <Notice tone="info" testId="passkeys.unusable">
          <p>
            {ways.passkeys ? t("passkeys.elsewhere", { at: ways.passkeys }) : t("passkeys.never")}
          </p>
        </Notice>
      )}
      {usable && (
        <div>
          <Button icon="key" onClick={() => setAdding(true)} testId="passkeys.add">
            {t("passkeys.add")}
          </Button>
        </div>
      )}
      {adding && (
        <NewPasskeyDialog onDone={() => void refresh()} onClose={() => setAdding(false)} />
      )}
      {removed && (
        <RemoveDialog
          passkey={removed}
          usable={usable}
          onDone={refresh}
          onClose={() => setRemoved(undefined)}
        />
      )}
    </section>
  );
}

function PasskeyRow({ passkey, onRemove }: { passkey: Passkey; onRemove: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <li className={styles.key} data-testid={`passkeys.${passkey.id}`}>
      <span className={styles.device}>
        <span className={styles.keyName}>{passkey.name}</span>
        <span className={styles.keyFacts}>
          <span>{t("passkeys.since", { at: format.day(passkey.created_at) })}</span>
          <span>
            {passkey.used_at
              ? t("passkeys.used", { at: format.ago(passkey.used_at) })
              : t("passkeys.unused")}
          </span>
        </span>
      </span>
      <Button kind="danger" onClick={onRemove} testId={`passkeys.${passkey.id}.remove`}>
        {t("passkeys.remove")}
        <span className="unseen"> {passkey.name}</span>
      </Button>
    </li>
  );
}

interface RemoveDialogProps {
  readonly passkey: Passkey;
  readonly usable: boolean;
  readonly onDone: () => Promise<void>;
  readonly onClose: () => void;
}

function RemoveDialog({ passkey, usable, onDone, onClose }: RemoveDialogProps) {
  const { t } = useTranslation();
  const remove = async (password?: string) => {
    await removePasskey(passkey.id, password);
    await onDone();
    onClose();
  };
  const confirmed = useMutation({ mutationFn: () => remove() });
  return (
    <Dialog
      open
      title={t("passkeys.removeTitle", { name: passkey.name })}
      onClose={onClose}
      testId="passkeys.dialog"
    >
      <PasswordForm action={t("passkeys.remove")} kind="danger" perform={remove}>
        <p>{t("passkeys.removeText")}</p>
        {usable && (
          <>
            {confirmed.isError && (
              <Notice tone="danger" testId="passkeys.refusal">
                <p>{passkeyText(confirmed.error, t)}</p>
              </Notice>
            )}
            <div>
              <Button
                icon="key"
                busy={confirmed.isPending}
                onClick={() => confirmed.mutate()}
                testId="passkeys.confirm"
              >
                {t("passkeys.confirm")}
              </Button>
            </div>
            <p className={styles.fact}>{t("passkeys.orPassword")}</p>
          </>
        )}
      </PasswordForm>
    </Dialog>
  );
}
