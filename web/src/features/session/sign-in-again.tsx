import { useTranslation } from "react-i18next";
import type { Me } from "@/api/types";
import { Dialog } from "@/components/dialog";
import styles from "./session.module.css";
import { SignInWays } from "./sign-in-ways";

interface SignInAgainProps {
  readonly open: boolean;
  readonly email: string;
  readonly onSignedIn: (me: Me) => void;
}

/** Over the page whose session ended; the page and everything typed in it stay as they are. */
export function SignInAgain({ open, email, onSignedIn }: SignInAgainProps) {
  const { t } = useTranslation();
  return (
    <Dialog title={t("session.again")} open={open} onClose={() => undefined} firm testId="sign-in">
      <p className={styles.help}>{t("session.againText")}</p>
      <SignInWays email={email} next="/" beside onSignedIn={onSignedIn} />
    </Dialog>
  );
}
