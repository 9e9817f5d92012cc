import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { applyCalendars, type CalendarDefinition, type Calendars } from "@/api/calendars";
import { keys } from "@/api/keys";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { faultText } from "@/components/fault-view";
import { FieldFrame } from "@/components/field-frame";
import { Notice } from "@/components/notice";
import { Select } from "@/components/select";
import { TextInput } from "@/components/text-input";
import { useLanguage } from "@/components/use-language";
import styles from "./calendars.module.css";
import { titleOf } from "./words";

interface NewCalendarDialogProps {
  readonly calendars: Calendars;
  readonly onClose: () => void;
}

const office = [{ from: "09:00", to: "18:00" }];

/** A new calendar: Monday to Friday, or as another one is. */
export function NewCalendarDialog({ calendars, onClose }: NewCalendarDialogProps) {
  const { t } = useTranslation();
  const [language] = useLanguage();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [title, setTitle] = useState("");
  const [code, setCode] = useState("");
  const [of, setOf] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const taken = calendars.calendars.some((one) => one.name === code);
  const wrong = !/^[a-z][a-z0-9_]{0,47}$/.test(code);
  const make = async () => {
    setBusy(true);
    const hours = { mon: office, tue: office, wed: office, thu: office, fri: office };
    const known = calendars.calendars.find((one) => one.name === of) ?? { hours };
    const calendar: CalendarDefinition = {
      ...known,
      kind: "calendar",
      name: code,
      title: title.trim(),
    };
    try {
      await applyCalendars({ base: calendars.revision, definitions: [calendar], delete: [] });
      await client.invalidateQueries({ queryKey: keys.meta });
      navigate(`/settings/calendars/${code}`);
      onClose();
    } catch (error) {
      setRefusal(error);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      title={t("calendars.new")}
      onClose={onClose}
      testId="calendars.newDialog"
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button
            kind="primary"
            busy={busy}
            disabled={wrong || taken || title.trim() === ""}
            onClick={() => void make()}
            testId="calendars.make"
          >
            {t("roles.make")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {refusal !== undefined && <Notice tone="danger">{faultText(refusal, t)}</Notice>}
        <FieldFrame label={t("calendars.name")} required>
          {(ids) => (
            <TextInput
              ids={ids}
              value={title}
              maxLength={120}
              onChange={setTitle}
              testId="calendars.newTitle"
            />
          )}
        </FieldFrame>
        <FieldFrame
          label={t("roles.code")}
          help={t("roles.codeHelp")}
          error={taken ? t("calendars.codeTaken") : undefined}
          required
        >
          {(ids) => (
            <TextInput ids={ids} value={code} onChange={setCode} testId="calendars.newCode" />
          )}
        </FieldFrame>
        <FieldFrame label={t("calendars.beginAs")}>
          {(ids) => (
            <Select
              ids={ids}
              clear
              placeholder={t("calendars.beginWeek")}
              choices={calendars.calendars.map((one) => ({
                value: one.name,
                label: titleOf(one, calendars.texts, language),
              }))}
              value={of}
              onChange={setOf}
              testId="calendars.beginAs"
            />
          )}
        </FieldFrame>
      </div>
    </Dialog>
  );
}
