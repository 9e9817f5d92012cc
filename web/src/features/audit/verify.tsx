import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { verifyAudit } from "@/api/audit";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { Icon } from "@/components/icon";
import { useFormat } from "@/components/use-format";
import styles from "./audit.module.css";

/** Looks through the whole log on demand, and says what it found. */
export function Verify() {
  const { t } = useTranslation();
  const format = useFormat();
  const verify = useMutation({ mutationFn: verifyAudit });
  const found = verify.data;
  return (
    <div className={styles.verify}>
      <span role="status" data-tone={found?.problem || verify.isError ? "danger" : "success"}>
        {verify.isError && faultText(verify.error, t)}
        {found && <Icon name={found.problem ? "warning" : "check"} />}
        {found &&
          (found.problem
            ? t(`audit.problem.${found.problem}`, { at: format.number(found.at ?? 0) })
            : t("audit.whole", { count: found.entries }))}
      </span>
      <Button busy={verify.isPending} onClick={() => verify.mutate()} testId="audit.verify">
        {t("audit.verify")}
      </Button>
    </div>
  );
}
