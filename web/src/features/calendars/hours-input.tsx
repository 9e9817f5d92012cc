import { useTranslation } from "react-i18next";
import type { Stretch } from "@/api/calendars";
import { Button, IconButton } from "@/components/button";
import { TextInput } from "@/components/text-input";
import styles from "./calendars.module.css";
import { inOrder } from "./model";

interface HoursInputProps {
  /** Whose hours they are. */
  readonly label: string;
  readonly hours: readonly Stretch[];
  readonly onChange: (hours: readonly Stretch[]) => void;
  readonly testId: string;
}

const most = 12;

/** The stretches of a day: from and to, and one more. */
export function HoursInput({ label, hours, onChange, testId }: HoursInputProps) {
  const { t } = useTranslation();
  const set = (at: number, change: Partial<Stretch>) =>
    onChange(hours.map((one, place) => (place === at ? { ...one, ...change } : one)));
  const last = hours.at(-1);
  return (
    <div className={styles.stretches}>
      {hours.length === 0 && <span className={styles.quiet}>{t("calendars.closed")}</span>}
      {hours.map((one, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a stretch is known by its place
        <span key={at} className={styles.stretch}>
          <span className={styles.time}>
            <TextInput
              label={t("calendars.fromOf", { label, n: at + 1 })}
              value={one.from}
              placeholder="09:00"
              maxLength={5}
              onChange={(from) => set(at, { from })}
              testId={`${testId}.${at}.from`}
            />
          </span>
          <span aria-hidden>–</span>
          <span className={styles.time}>
            <TextInput
              label={t("calendars.toOf", { label, n: at + 1 })}
              value={one.to}
              placeholder="18:00"
              maxLength={5}
              onChange={(to) => set(at, { to })}
              testId={`${testId}.${at}.to`}
            />
          </span>
          <IconButton
            icon="close"
            small
            label={t("calendars.removeOf", { label, n: at + 1 })}
            onClick={() => onChange(hours.filter((_, place) => place !== at))}
            testId={`${testId}.${at}.remove`}
          />
        </span>
      ))}
      {hours.length < most && (
        <Button
          kind="quiet"
          icon="plus"
          onClick={() =>
            onChange([...hours, last ? { from: last.to, to: "" } : { from: "09:00", to: "18:00" }])
          }
          testId={`${testId}.add`}
        >
          {t("calendars.addHours")}
          <span className="unseen"> {label}</span>
        </Button>
      )}
      {!inOrder(hours) && (
        <p className={styles.error} role="alert" data-testid={`${testId}.wrong`}>
          {t("calendars.wrongHours")}
        </p>
      )}
    </div>
  );
}
