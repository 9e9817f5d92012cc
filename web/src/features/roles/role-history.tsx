import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Revision, roleAt, roleHistoryQuery } from "@/api/roles";
import { Button } from "@/components/button";
import { FaultView, faultText } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import styles from "./roles.module.css";
import type { Draft } from "./use-draft";

interface RoleHistoryProps {
  readonly draft: Draft;
  readonly edits: boolean;
}

/** When a role was changed; each state of it can be taken up again, and is then published like any change. */
export function RoleHistory({ draft, edits }: RoleHistoryProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const toast = useToast();
  const { name } = draft.role;
  const history = useQuery(roleHistoryQuery(name));
  const [taking, setTaking] = useState<number>();
  const take = async ({ revision }: Revision) => {
    setTaking(revision);
    try {
      draft.change(await roleAt(name, revision));
      toast({ text: t("roles.taken") });
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
    setTaking(undefined);
  };
  return (
    <section className={styles.part} aria-labelledby="role-history">
      <h2 id="role-history">{t("roles.history")}</h2>
      {history.isPending && <Skeleton lines={2} />}
      {history.isError && (
        <FaultView error={history.error} heading="h2" onRetry={() => void history.refetch()} />
      )}
      <ul className={styles.lines}>
        {history.data?.map((entry, index) => (
          <li key={entry.revision} data-testid={`roles.revision.${entry.revision}`}>
            <span className={styles.ways}>
              {t("roles.revision", { number: entry.revision, at: format.instant(entry.at) })}
              {index === 0 ? (
                <span className={styles.quiet}>{t("roles.current")}</span>
              ) : (
                edits && (
                  <Button
                    icon="undo"
                    busy={taking === entry.revision}
                    onClick={() => void take(entry)}
                    testId={`roles.take.${entry.revision}`}
                  >
                    {t("roles.take")}
                  </Button>
                )
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
