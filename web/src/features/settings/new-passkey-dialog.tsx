import { useState } from "react";
import { useTranslation } from "react-i18next";
import { addPasskey } from "@/api/passkeys";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { FieldFrame } from "@/components/field-frame";
import { TextInput } from "@/components/text-input";
import { deviceOf } from "@/lib/device";
import { PasswordForm } from "./password-form";
import { RecoveryCodes } from "./recovery-codes";

/** Adds a passkey: a name, the password, what the browser asks; and perhaps the recovery codes. */
export function NewPasskeyDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const { browser, system } = deviceOf(navigator.userAgent);
  const [name, setName] = useState(
    browser && system ? t("sessions.device", { browser, system }) : "",
  );
  const [codes, setCodes] = useState<readonly string[]>();
  const add = async (password: string) => {
    const made = await addPasskey(name.trim(), password);
    onDone();
    if (made.length === 0) onClose();
    else setCodes(made);
  };
  if (codes) {
    return (
      <Dialog
        open
        firm
        title={t("passkeys.added")}
        onClose={onClose}
        testId="passkeys.dialog"
        footer={
          <Button kind="primary" onClick={onClose} testId="factor.kept">
            {t("factor.kept")}
          </Button>
        }
      >
        <RecoveryCodes codes={codes} />
      </Dialog>
    );
  }
  return (
    <Dialog open title={t("passkeys.add")} onClose={onClose} testId="passkeys.dialog">
      <PasswordForm action={t("factor.next")} disabled={name.trim() === ""} perform={add}>
        <p>{t("passkeys.addText")}</p>
        <FieldFrame label={t("passkeys.name")} help={t("passkeys.nameHelp")} required>
          {(ids) => (
            <TextInput
              ids={ids}
              maxLength={60}
              value={name}
              onChange={setName}
              testId="passkeys.name"
            />
          )}
        </FieldFrame>
      </PasswordForm>
    </Dialog>
  );
}
