import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type Holidays, readHolidays } from "@/api/calendars";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { FilePick } from "@/components/file-pick";
import { Notice } from "@/components/notice";
import { Tag } from "@/components/tag";
import { useToast } from "@/components/toaster";
import { useFormat } from "@/components/use-format";
import { useLanguage } from "@/components/use-language";
import styles from "./calendars.module.css";
import { isKnown, type Plan, replaced, withHolidays } from "./model";
import { nameOf } from "./words";

interface ImportDialogProps {
  readonly plan: Plan;
  readonly onChange: (plan: Plan) => void;
  readonly onClose: () => void;
}

const largest = 512;

/** Holidays of a file, shown before they are taken in; nothing is saved by that. */
export function ImportDialog({ plan, onChange, onClose }: ImportDialogProps) {
  const { t } = useTranslation();
  const toast = useToast();
  const [large, setLarge] = useState(false);
  const read = useMutation({
    mutationFn: async (file: File) => readHolidays(await file.text()),
  });
  const fresh = read.data?.days.filter((one) => !isKnown(plan, one)) ?? [];
  const pick = (file: File | undefined) => {
    read.reset();
    setLarge(Boolean(file) && (file?.size ?? 0) > largest * 1024);
    if (file && file.size <= largest * 1024) read.mutate(file);
  };
  return (
    <Dialog
      open
      title={t("calendars.file.import")}
      onClose={onClose}
      testId="calendars.importDialog"
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button
            kind="primary"
            disabled={fresh.length === 0}
            onClick={() => {
              onChange(withHolidays(plan, fresh));
              toast({ text: t("calendars.file.takenIn") });
              onClose();
            }}
            testId="calendars.takeIn"
          >
            {t("calendars.file.takeIn")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <p>{t("calendars.file.importText")}</p>
        <FilePick
          text={t("calendars.file.choose")}
          accept=".ics,text/calendar"
          multiple={false}
          disabled={read.isPending}
          onFiles={(files) => pick(files[0])}
          testId="calendars.file"
        />
        {large && (
          <Notice tone="danger" testId="calendars.fileWrong">
            {t("calendars.file.tooLarge", { max: largest })}
          </Notice>
        )}
        {read.isError && (
          <Notice tone="danger" testId="calendars.fileWrong">
            {faultText(read.error, t)}
          </Notice>
        )}
        {read.data && <Preview plan={plan} holidays={read.data} />}
      </div>
    </Dialog>
  );
}

function Preview({ plan, holidays }: { readonly plan: Plan; readonly holidays: Holidays }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [language] = useLanguage();
  const fresh = holidays.days.filter((one) => !isKnown(plan, one));
  const known = holidays.days.length - fresh.length;
  return (
    <div className={styles.form} data-testid="calendars.preview">
      <p role="status">
        {holidays.days.length === 0
          ? t("calendars.file.noDays")
          : fresh.length === 0
            ? t("calendars.file.nothingNew")
            : t("calendars.file.found", { count: fresh.length })}
      </p>
      <ul className={styles.changes}>
        {fresh.map((one) => {
          const before = replaced(plan, one).map(
            (rule) =>
              nameOf(rule, language) ||
              t(rule.type === "off" ? "calendars.state.off" : "calendars.state.extra"),
          );
          return (
            <li key={`${one.from}.${one.title}`}>
              {one.from === one.to
                ? format.longDay(one.from)
                : `${format.longDay(one.from)} – ${format.longDay(one.to)}`}{" "}
              <Tag hue={one.type === "off" ? "red" : "blue"}>
                {t(one.type === "off" ? "calendars.state.off" : "calendars.state.extra")}
              </Tag>{" "}
              {one.title}
              {before.length > 0 && (
                <span className={styles.quiet}>
                  {" "}
                  {t("calendars.file.replaces", { what: format.list(before) })}
                </span>
              )}
            </li>
          );
        })}
      </ul>
      {known > 0 && <p className={styles.quiet}>{t("calendars.file.known", { count: known })}</p>}
      {holidays.skipped > 0 && (
        <p className={styles.quiet}>{t("calendars.file.skipped", { count: holidays.skipped })}</p>
      )}
    </div>
  );
}
