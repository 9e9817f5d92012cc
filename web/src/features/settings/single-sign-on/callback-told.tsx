import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { Notice } from "@/components/notice";
import { copyText } from "@/lib/copy-text";
import styles from "./single-sign-on.module.css";

/** The address that is to be entered at the provider. */
export function CallbackTold({ callback }: { callback: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  if (!callback) {
    return (
      <Notice tone="warning">
        <p>{t("sso.noAddress")}</p>
      </Notice>
    );
  }
  const copy = () => {
    copyText(callback);
    setCopied(true);
  };
  return (
    <div className={styles.told}>
      <p className={styles.fact}>{t("sso.callback")}</p>
      <div className={styles.copy}>
        <code className={styles.address} data-testid="sso.callback">
          {callback}
        </code>
        <Button icon="copy" onClick={copy}>
          {t("sso.copy")}
        </Button>
        <span role="status">{copied && t("apiKeys.copied")}</span>
      </div>
    </div>
  );
}
