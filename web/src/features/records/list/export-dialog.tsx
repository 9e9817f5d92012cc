import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ObjectDefinition } from "@/api/definitions";
import {
  type ExportFormat,
  exportFileAddress,
  exportFormats,
  exportQuery,
  startExport,
} from "@/api/exports";
import { pluralOf, useCatalog } from "@/api/meta";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { Notice } from "@/components/notice";
import { ProgressBar } from "@/components/progress-bar";
import { RadioCard, RadioCards } from "@/components/radio-cards";
import { useFormat } from "@/components/use-format";
import { quoted } from "@/kinds/field/look";
import { inSentence } from "@/lib/words";
import styles from "./list.module.css";
import type { ListState } from "./list-state";
import type { ListSelection } from "./use-selection";

interface ExportDialogProps {
  readonly object: ObjectDefinition;
  readonly state: ListState;
  readonly total: number;
  readonly selection: ListSelection;
  readonly onClose: () => void;
}

/** Takes records out as a file that can be imported again. */
export default function ExportDialog({
  object,
  state,
  total,
  selection,
  onClose,
}: ExportDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const [all, setAll] = useState(false);
  const [as, setAs] = useState<ExportFormat>("xlsx");
  const start = useMutation({ mutationFn: startExport });
  const id = start.data?.id ?? "";
  const progress = useQuery({ ...exportQuery(id), enabled: id !== "" }).data ?? start.data;
  const some = !selection.all && selection.ids.length > 0;
  const count = some ? selection.ids.length : total;

  const begin = () => {
    const chosen = { where: `id in [${selection.ids.map(quoted).join(", ")}]` };
    const shownRows = {
      ...(state.where && { where: state.where }),
      ...(state.q && { q: state.q }),
    };
    const given = catalog.fields(object.name).filter((field) => field.can !== "mask");
    const own = given.filter((field) => !field.system);
    const shown = state.columns.map((one) => one.field);
    const columns = (all ? own : given.filter((field) => shown.includes(field.name))).map(
      (field) => field.name,
    );
    start.mutate({
      object: object.name,
      ...(some ? chosen : shownRows),
      ...(state.sort.length > 0 && { sort: state.sort }),
      fields: [...new Set(["id", ...columns])],
      format: as,
    });
  };
  const failed = start.isError || progress?.state === "failed";
  return (
    <Dialog
      open
      title={t("export.title", { objects: inSentence(pluralOf(object)) })}
      onClose={onClose}
      testId="export"
      footer={
        progress?.state === "done" ? (
          <a
            className={styles.download}
            href={exportFileAddress(id)}
            download
            data-testid="export.file"
          >
            {t("export.download")}
          </a>
        ) : (
          <Button
            kind="primary"
            busy={start.isPending || progress?.state === "running"}
            onClick={begin}
            testId="export.start"
          >
            {t("export.start")}
          </Button>
        )
      }
    >
      <div className={styles.export}>
        <p>{t("export.scope", { count, n: format.number(count) })}</p>
        <RadioCards label={t("export.columns")} labelled>
          <RadioCard
            name="columns"
            checked={!all}
            onChoose={() => setAll(false)}
            title={t("export.shownColumns")}
          />
          <RadioCard
            name="columns"
            checked={all}
            onChoose={() => setAll(true)}
            title={t("export.allColumns")}
          />
        </RadioCards>
        <RadioCards label={t("export.format")} labelled>
          {exportFormats.map((one) => (
            <RadioCard
              key={one}
              name="format"
              checked={as === one}
              onChoose={() => setAs(one)}
              title={t(`export.formats.${one}`)}
            />
          ))}
        </RadioCards>
        {progress?.state === "running" && (
          <ProgressBar
            label={t("export.running")}
            {...progress.progress}
            text={t("progress", {
              done: format.number(progress.progress.done),
              total: format.number(progress.progress.total),
            })}
          />
        )}
        {progress?.state === "done" && <Notice tone="success">{t("export.done")}</Notice>}
        {failed && (
          <Notice tone="danger">{progress?.fault?.message ?? faultText(start.error, t)}</Notice>
        )}
      </div>
    </Dialog>
  );
}
