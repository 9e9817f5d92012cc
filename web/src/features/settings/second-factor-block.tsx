import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import { keys } from "@/api/keys";
import { renewRecoveryCodes, secondFactorQuery, turnFactorOff } from "@/api/second-factor";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { FaultView } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { Skeleton } from "@/components/skeleton";
import { useFormat } from "@/components/use-format";
import { EnrolDialog } from "./enrol-dialog";
import { PasswordForm } from "./password-form";
import { RecoveryCodes } from "./recovery-codes";
import styles from "./settings.module.css";

/** With so few recovery codes left it is time for new ones. */
const fewCodes = 3;

/** Whether signing in takes a code of an app beside the password. */
export function SecondFactorBlock() {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const found = useQuery(secondFactorQuery);
  const asked = useSearchParams()[0].get("factor") === "on";
  const [open, setOpen] = useState<"on" | "off" | "codes" | null>(asked ? "on" : null);
  const refresh = async () => {
    await client.invalidateQueries({ queryKey: keys.secondFactor });
    await client.invalidateQueries({ queryKey: keys.session }); // of whom one is required
  };
  const factor = found.data;
  const close = () => setOpen(null);
  return (
    <section className={styles.block} aria-labelledby="factor">
      <h2 id="factor">{t("factor.title")}</h2>
      {found.isPending && <Skeleton lines={2} />}
      {found.isError && <FaultView error={found.error} onRetry={() => void found.refetch()} />}
      {factor && !factor.on && (
        <>
          <p className={styles.fact}>{t("factor.text")}</p>
          <div>
            <Button icon="lock" onClick={() => setOpen("on")} testId="factor.on">
              {t("factor.turnOn")}
            </Button>
          </div>
        </>
      )}
      {factor && (factor.on || factor.recovery_codes > 0) && (
        <>
          <p className={styles.fact} data-testid="factor.since">
            {factor.on && `${t("factor.since", { at: format.day(factor.since ?? "") })} `}
            {t("factor.left", { count: factor.recovery_codes })}
          </p>
          {factor.recovery_codes < fewCodes && (
            <Notice tone="warning">
              <p>{t("factor.few")}</p>
            </Notice>
          )}
          <div className={styles.choices}>
            <Button onClick={() => setOpen("codes")} testId="factor.renew">
              {t("factor.renew")}
            </Button>
            {factor.on && (
              <Button kind="danger" onClick={() => setOpen("off")} testId="factor.off">
                {t("factor.turnOff")}
              </Button>
            )}
          </div>
        </>
      )}
      {open === "on" && <EnrolDialog onDone={() => void refresh()} onClose={close} />}
      {open === "codes" && <RenewDialog onDone={() => void refresh()} onClose={close} />}
      <Dialog
        title={t("factor.title")}
        open={open === "off"}
        onClose={close}
        testId="factor.dialog"
      >
        <PasswordForm
          action={t("factor.turnOff")}
          kind="danger"
          perform={async (password) => {
            await turnFactorOff(password);
            await refresh();
            close();
          }}
        >
          <p>{t("factor.offText")}</p>
        </PasswordForm>
      </Dialog>
    </section>
  );
}

function RenewDialog({ onDone, onClose }: { onDone: () => void; onClose: () => void }) {
  const { t } = useTranslation();
  const [codes, setCodes] = useState<readonly string[]>();
  const make = async (password: string) => {
    setCodes(await renewRecoveryCodes(password));
    onDone();
  };
  return (
    <Dialog
      open
      firm={codes !== undefined}
      title={t("factor.renew")}
      onClose={onClose}
      testId="factor.dialog"
      footer={
        codes && (
          <Button kind="primary" onClick={onClose} testId="factor.kept">
            {t("factor.kept")}
          </Button>
        )
      }
    >
      {codes ? (
        <RecoveryCodes codes={codes} />
      ) : (
        <PasswordForm action={t("factor.renew")} perform={make}>
          <p>{t("factor.renewText")}</p>
        </PasswordForm>
      )}
    </Dialog>
  );
}
