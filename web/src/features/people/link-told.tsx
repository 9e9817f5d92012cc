import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { copyText } from "@/lib/copy-text";
import styles from "./people.module.css";

/** The link of an invitation, told this once. */
export function LinkTold({ link }: { link: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const copy = () => {
    copyText(link);
    setCopied(true);
  };
  return (
    <div className={styles.form}>
      <p>{t("invitations.linkText")}</p>
      <code className={styles.link} data-testid="invite.link">
        {link}
      </code>
      <div className={styles.copy}>
        <Button icon="copy" onClick={copy} testId="invite.copy">
          {t("invitations.copy")}
        </Button>
        <span role="status">{copied && t("apiKeys.copied")}</span>
      </div>
    </div>
  );
}
