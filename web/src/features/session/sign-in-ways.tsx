import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Half } from "@/api/session";
import { departure, waysQuery, whoCame } from "@/api/single-sign-on";
import type { Me } from "@/api/types";
import { AwayButton, Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { useLanguage } from "@/components/use-language";
import { takesPasskeys } from "@/lib/passkey";
import { CodeStep } from "./code-step";
import { PasskeyButton, usePasskeyList } from "./passkey-button";
import styles from "./session.module.css";
import { SignInForm } from "./sign-in-form";

interface SignInWaysProps {
  readonly email?: string;
  /** Where a provider brings one to; over a page that stays, it is another tab. */
  readonly next: string;
  readonly beside?: boolean;
  /** What is missing after a provider has done its part. */
  readonly half?: Half | undefined;
  readonly onSignedIn: (me: Me) => void;
}

/** Every way to sign in: the company's accounts, and a password for whom it opens; then, perhaps, a code. */
export function SignInWays(props: SignInWaysProps) {
  const { email = "", next, beside = false, onSignedIn } = props;
  const { t } = useTranslation();
  const [language] = useLanguage();
  const { data: ways, isPending } = useQuery(waysQuery);
  const [half, setHalf] = useState<Half | null>(props.half ?? null);
  const [why, setWhy] = useState<string>();
  const [emergency, setEmergency] = useState(false);
  const providers = ways?.providers ?? [];
  const usable = takesPasskeys(ways?.passkeys);
  const hidden = providers.length > 0 && ways?.only && !emergency;
  const makeRoom = usePasskeyList(usable && !hidden && !half, onSignedIn);
  useReturn(beside && providers.length > 0, onSignedIn);
  if (half) {
    const back = (reason?: string) => {
      setHalf(null);
      setWhy(reason);
    };
    return <CodeStep half={half} usable={usable} onSignedIn={onSignedIn} onBack={back} />;
  }
  // Nobody types into what is about to go away.
  if (isPending) return <div className={styles.form} data-testid="loading" />;
  return (
    <div className={styles.form}>
      {hidden && why && (
        <Notice tone="danger" testId="sign-in.refusal">
          <p>{why}</p>
        </Notice>
      )}
      {!hidden && <SignInForm email={email} why={why} onHalf={setHalf} onSignedIn={onSignedIn} />}
      {!hidden && (usable || providers.length > 0) && (
        <p className={styles.or}>{t("session.or")}</p>
      )}
      {!hidden && usable && (
        <PasskeyButton purpose="sign_in" onSignedIn={onSignedIn} onPressed={makeRoom} />
      )}
      {providers.length > 0 && (
        <>
          {providers.map(({ name, title }) => (
            <AwayButton
              key={name}
              href={departure(name, next)}
              beside={beside}
              icon="building"
              testId={`sign-in.by.${name}`}
            >
              {t("session.by", { title: title[language] })}
            </AwayButton>
          ))}
          {beside && <p className={styles.help}>{t("session.beside")}</p>}
        </>
      )}
      {hidden && (
        <Button kind="quiet" wide onClick={() => setEmergency(true)} testId="sign-in.emergency">
          {t("session.emergency")}
        </Button>
      )}
    </div>
  );
}

/** Looks, whenever one comes back to this tab, whether one has signed in in another. */
function useReturn(looking: boolean, onSignedIn: (me: Me) => void): void {
  useEffect(() => {
    if (!looking) return;
    const look = () => {
      if (document.visibilityState !== "visible") return;
      whoCame().then(
        (me) => me && onSignedIn(me),
        () => undefined, // the server does not answer: one looks again the next time
      );
    };
    window.addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      window.removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [looking, onSignedIn]);
}
