import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { keys } from "@/api/keys";
import { clearSamples, samplesQuery } from "@/api/samples";
import { useMe } from "@/api/session";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { ProgressBar } from "@/components/progress-bar";
import { useToast } from "@/components/toaster";
import styles from "./settings.module.css";

/** The example records, while there are any: how far they are, and taking them away. */
export function SamplesBlock() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const toast = useToast();
  const [asking, setAsking] = useState(false);
  const designer = useMe().abilities.includes("design");
  const { data: samples } = useQuery({ ...samplesQuery, enabled: designer });
  if (!samples || samples.state === "none") return null;
  const clear = async () => {
    setAsking(false);
    try {
      await clearSamples();
    } catch (error) {
      toast({ text: faultText(error, t) });
    }
    await client.invalidateQueries({ queryKey: keys.samples });
  };
  return (
    <section className={styles.block} aria-labelledby="samples">
      <h2 id="samples">{t("samples.title")}</h2>
      <p>{t(`samples.${samples.state}`)}</p>
      {samples.state === "there" ? (
        <div>
          <Button icon="trash" onClick={() => setAsking(true)} testId="samples.clear">
            {t("samples.clear")}
          </Button>
        </div>
      ) : (
        <ProgressBar
          label={t("samples.title")}
          done={samples.done}
          total={samples.total}
          text={t(`samples.${samples.state}`)}
        />
      )}
      <Dialog
        title={t("samples.clear")}
        open={asking}
        onClose={() => setAsking(false)}
        testId="samples.ask"
        footer={
          <>
            <Button kind="quiet" onClick={() => setAsking(false)}>
              {t("action.cancel")}
            </Button>
            <Button kind="danger" onClick={() => void clear()} testId="samples.confirm">
              {t("samples.clear")}
            </Button>
          </>
        }
      >
        <p>{t("samples.ask")}</p>
      </Dialog>
    </section>
  );
}
