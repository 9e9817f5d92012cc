import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { conversionQuery, undoConversion } from "@/api/conversions";
import { keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { Button } from "@/components/button";
import { faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import { recordAddress } from "../record/neighbours";
import styles from "./convert.module.css";

/** Takes conversions back, and tells how that went. */
export function useUndoConversion(object: string, id: string): () => Promise<void> {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  return async () => {
    try {
      await undoConversion(object, id);
      toast({ text: t("convert.undone") });
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
    await client.invalidateQueries({ queryKey: keys.allRecords });
  };
}

/** What a record became, with the way there and, for some days, the way back. */
export function ConversionNotice({ object, id }: { object: string; id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const [busy, setBusy] = useState(false);
  const undo = useUndoConversion(object, id);
  const { data: offer } = useQuery(conversionQuery(object, id));
  const conversion = offer?.conversion;
  if (!conversion) return null;
  return (
    <div className={styles.told}>
      <Notice
        tone="success"
        title={t("convert.done")}
        testId="conversion"
        actions={
          <Button
            icon="undo"
            busy={busy}
            testId="conversion.undo"
            onClick={() => {
              setBusy(true);
              void undo().finally(() => setBusy(false));
            }}
          >
            {t("convert.undo")}
          </Button>
        }
      >
        <ul className={styles.became}>
          {conversion.targets.map((target) => (
            <li key={target.id}>
              <span className={styles.note}>{catalog.object(target.object)?.title}</span>{" "}
              <Link to={recordAddress(target.object, target.id)}>{target.display}</Link>
            </li>
          ))}
        </ul>
        <p className={styles.note}>
          {t("convert.undoUntil", { date: format.day(conversion.undo_until) })}
        </p>
      </Notice>
    </div>
  );
}
