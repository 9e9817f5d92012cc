import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { confirmFactor, type Enrolment, enrolFactor } from "@/api/second-factor";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { TextInput } from "@/components/text-input";
import { PasswordForm } from "./password-form";
import { RecoveryCodes } from "./recovery-codes";
import styles from "./settings.module.css";

/** Turns the second factor on: the password, the app, its first code, the recovery codes. */
export function EnrolDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [enrolment, setEnrolment] = useState<Enrolment>();
  const [codes, setCodes] = useState<readonly string[]>();
  if (codes) {
    return (
      <Dialog
        open
        firm
        title={t("factor.isOn")}
        onClose={onClose}
        testId="factor.dialog"
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
    <Dialog open title={t("factor.title")} onClose={onClose} testId="factor.dialog">
      {enrolment ? (
        <FirstCode
          enrolment={enrolment}
          onConfirmed={(made) => {
            setCodes(made);
            onDone();
          }}
        />
      ) : (
        <PasswordForm
          action={t("factor.next")}
          perform={async (password) => setEnrolment(await enrolFactor(password))}
        >
          <p>{t("factor.needs")}</p>
        </PasswordForm>
      )}
    </Dialog>
  );
}

interface FirstCodeProps {
  readonly enrolment: Enrolment;
  readonly onConfirmed: (codes: readonly string[]) => void;
}

function FirstCode({ enrolment, onConfirmed }: FirstCodeProps) {
  const { t } = useTranslation();
  const [code, setCode] = useState("");
  const confirm = useMutation({ mutationFn: () => confirmFactor(code), onSuccess: onConfirmed });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate();
  };
  return (
    <form className={styles.secret} onSubmit={submit}>
      <p>{t("factor.scan")}</p>
      <img
        className={styles.qr}
        src={`data:image/svg+xml,${encodeURIComponent(enrolment.qr)}`}
        alt={t("factor.picture")}
      />
      <div>
        <p className={styles.fact}>{t("factor.bySecret")}</p>
        <code className={styles.factorSecret} data-testid="factor.secret">
          {enrolment.secret.replace(/(.{4})(?=.)/g, "$1 ")}
        </code>
      </div>
      {confirm.isError && (
        <Notice tone="danger" testId="factor.refusal">
          <p>{faultText(confirm.error, t)}</p>
        </Notice>
      )}
      <FieldFrame label={t("factor.firstCode")}>
        {(ids) => (
          <TextInput
            ids={ids}
            inputMode="numeric"
            autoComplete="one-time-code"
            value={code}
            onChange={setCode}
            testId="factor.code"
          />
        )}
      </FieldFrame>
      <div className={styles.buttons}>
        <Button
          kind="primary"
          submit
          busy={confirm.isPending}
          disabled={code.trim() === ""}
          testId="factor.confirm"
        >
          {t("factor.turnOn")}
        </Button>
      </div>
    </form>
  );
}
