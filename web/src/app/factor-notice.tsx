import { useTranslation } from "react-i18next";
import { useLocation } from "react-router";
import { useMe } from "@/api/session";
import { LinkButton } from "@/components/button";
import { Notice } from "@/components/notice";
import { useFormat } from "@/components/use-format";
import styles from "./shell.module.css";

/** On the first page, until when one needs a second factor of one's own. */
export function FactorNotice() {
  const { t } = useTranslation();
  const format = useFormat();
  const term = useMe().second_factor;
  const { pathname } = useLocation();
  if (!term || pathname !== "/") return null;
  return (
    <div className={styles.factorNotice}>
      <Notice
        tone="info"
        title={t("required.soon", { at: format.day(term.due) })}
        testId="factor.notice"
        actions={
          <LinkButton to="/settings/profile?factor=on" testId="factor.notice.on">
            {t("required.setUp")}
          </LinkButton>
        }
      >
        <p>{t("required.soonText")}</p>
      </Notice>
    </div>
  );
}
