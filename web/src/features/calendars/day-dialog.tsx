import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Stretch } from "@/api/calendars";
import { Button } from "@/components/button";
import DateInput from "@/components/date-input";
import { Dialog } from "@/components/dialog";
import { FieldFrame } from "@/components/field-frame";
import { Segmented } from "@/components/segmented";
import { TextInput } from "@/components/text-input";
import { useFormat } from "@/components/use-format";
import { useLanguage } from "@/components/use-language";
import { addDays } from "@/lib/days";
import styles from "./calendars.module.css";
import { HoursInput } from "./hours-input";
import { type DayRule, inOrder, type Plan, withDays } from "./model";
import { nameOf } from "./words";

/** What a day can be made. */
const choices = ["week", "off", "work", "hours"] as const;

type Choice = (typeof choices)[number];

interface DayDialogProps {
  readonly plan: Plan;
  readonly from: string;
  readonly to: string;
  readonly onChange: (plan: Plan) => void;
  readonly onClose: () => void;
}

/** The most days that are set at once. */
const longest = 366;

function chosen(rule: DayRule | undefined): Choice {
  if (!rule) return "week";
  return rule.type === "work" && rule.hours ? "hours" : rule.type;
}

/** What holds on a day, or on days on end: the week, a day off, work, or hours of its own. */
export function DayDialog({ plan, from, to, onChange, onClose }: DayDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [language] = useLanguage();
  const known = plan.days.get(from);
  const named = nameOf(known, language);
  const [choice, setChoice] = useState<Choice>(chosen(known));
  const [hours, setHours] = useState<readonly Stretch[]>(
    known?.hours ?? [{ from: "09:00", to: "12:00" }],
  );
  const [title, setTitle] = useState(named);
  const [until, setUntil] = useState<string | null>(to);
  const wrong = until === null || until < from || until >= addDays(from, longest);
  const empty = choice === "hours" && (hours.length === 0 || !inOrder(hours));
  const keep = () => {
    if (wrong || empty) return;
    const called = title.trim();
    const words =
      called === named
        ? {
            ...(known?.title && { title: known.title }),
            ...(known?.other && { other: known.other }),
          }
        : { ...(called && { title: called }) };
    const type = choice === "off" ? "off" : "work";
    const rule: DayRule = { type, ...(choice === "hours" && { hours }), ...words };
    onChange(withDays(plan, from, until, choice === "week" ? null : rule));
    onClose();
  };
  return (
    <Dialog
      open
      title={format.longDay(from)}
      onClose={onClose}
      testId="calendars.dayDialog"
      footer={
        <>
          <Button onClick={onClose}>{t("action.cancel")}</Button>
          <Button
            kind="primary"
            disabled={wrong || empty}
            onClick={keep}
            testId="calendars.dayKeep"
          >
            {t("calendars.set")}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <Segmented
          label={t("calendars.what")}
          value={choice}
          choices={choices.map((value) => ({ value, label: t(`calendars.choice.${value}`) }))}
          onChange={setChoice}
          testId="calendars.choice"
        />
        {choice === "hours" && (
          <HoursInput
            label={format.longDay(from)}
            hours={hours}
            onChange={setHours}
            testId="calendars.dayHours"
          />
        )}
        {choice !== "week" && (
          <FieldFrame label={t("calendars.called")}>
            {(ids) => (
              <TextInput
                ids={ids}
                value={title}
                maxLength={120}
                onChange={setTitle}
                testId="calendars.dayTitle"
              />
            )}
          </FieldFrame>
        )}
        <FieldFrame
          label={t("calendars.until")}
          error={wrong ? t("calendars.wrongUntil") : undefined}
        >
          {(ids) => (
            <DateInput ids={ids} value={until} onChange={setUntil} testId="calendars.until" />
          )}
        </FieldFrame>
      </div>
    </Dialog>
  );
}
