import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "@/components/button";
import { Segmented } from "@/components/segmented";
import { useFormat } from "@/components/use-format";
import { isShortcut } from "@/lib/submit-key";
import styles from "./calendar.module.css";
import { spans, turned } from "./model";
import type { usePlace } from "./use-calendar";

interface CalendarBarProps {
  readonly place: ReturnType<typeof usePlace>;
  /** How many records have no day yet. */
  readonly undated: number | undefined;
  readonly onNew: ((day: string) => void) | undefined;
}

/** Which days are shown, and going to others. Its keys: T today, M, W, A the spans, N a new record. */
export function CalendarBar({ place, undated, onNew }: CalendarBarProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { day, span, days, today, go, phone } = place;
  const turn = (pages: number) => go({ day: turned(span, day, pages) });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const wanted = spans.find((one) => isShortcut(event, one.charAt(0)));
      if (isShortcut(event, "t")) go({ day: today });
      else if (isShortcut(event, "n") && onNew) onNew(day);
      else if (wanted && !phone) go({ span: wanted });
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  const title =
    span === "week"
      ? format.dayRange(days[0] ?? day, days[days.length - 1] ?? day)
      : format.month(day);
  return (
    <div className={styles.bar}>
      <IconButton
        icon="chevron-left"
        label={t(`calendar.before.${span}`)}
        onClick={() => turn(-1)}
        testId="calendar.before"
      />
      <IconButton
        icon="chevron-right"
        label={t(`calendar.after.${span}`)}
        onClick={() => turn(1)}
        testId="calendar.after"
      />
      <h2 className={styles.title} aria-live="polite" data-testid="calendar.title">
        {title}
      </h2>
      <Button kind="quiet" onClick={() => go({ day: today })} testId="calendar.today">
        {t("calendar.today")}
      </Button>
      {(place.undated || (undated ?? 0) > 0) && (
        <Button
          kind="quiet"
          expanded={place.undated}
          onClick={() => place.openUndated(!place.undated)}
          testId="calendar.undated"
        >
          {t("calendar.undated", { n: format.number(undated ?? 0) })}
        </Button>
      )}
      {!phone && (
        <span className={styles.spans}>
          <Segmented
            label={t("calendar.span.label")}
            value={span}
            choices={spans.map((one) => ({ value: one, label: t(`calendar.span.${one}`) }))}
            onChange={(next) => go({ span: next })}
            testId="calendar.span"
          />
        </span>
      )}
    </div>
  );
}
