import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/button";
import { copyText } from "@/lib/copy-text";
import styles from "./settings.module.css";

/** Recovery codes, told this once. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  const copy = () => {
    copyText(codes.join("\n"));
    setCopied(true);
  };
  return (
    <div className={styles.secret}>
      <p>{t("factor.codesText")}</p>
      <ul className={styles.codes} data-testid="factor.codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className={styles.copy}>
        <Button icon="copy" onClick={copy} testId="factor.copy">
          {t("factor.copy")}
        </Button>
        <span role="status">{copied && t("apiKeys.copied")}</span>
      </div>
    </div>
  );
}
