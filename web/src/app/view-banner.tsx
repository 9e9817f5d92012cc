import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { endViewAs } from "@/api/view-as";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { Icon } from "@/components/icon";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import styles from "./shell.module.css";

/** As whom the application is looked at and until when, and the way back; and a frame around it. */
export function ViewBanner() {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const { name, viewer } = useMe();
  const until = viewer?.until;
  useEffect(() => {
    if (!until) return;
    // The server ends it by its own clock; this page only says so soon.
    const timer = setTimeout(() => void endViewAs().catch(() => undefined), left(until));
    return () => clearTimeout(timer);
  }, [until]);
  if (!viewer) return null;
  const end = async () => {
    try {
      await endViewAs();
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
  };
  return (
    <>
      <section className={styles.viewing} aria-label={t("viewAs.banner")} data-testid="view-as">
        <Icon name="user" />
        <p className={styles.stripText}>
          <b>{t("viewAs.as", { name })}</b>
          <span>{t("viewAs.rules", { at: format.instant(viewer.until) })}</span>
        </p>
        <Button onClick={() => void end()} testId="view-as.end">
          {t("viewAs.end")}
        </Button>
      </section>
      <div className={styles.viewFrame} />
    </>
  );
}

function left(until: string): number {
  return Math.max(0, Date.parse(until) - Date.now());
}
