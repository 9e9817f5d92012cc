import { lazy, Suspense } from "react";
import { useFormat } from "@/components/use-format";
import { civilDate, civilTime, instantAt } from "@/lib/format";
import styles from "./field.module.css";
import { type DisplayProps, type FieldLook, type InputProps, quoted } from "./look";

const DateInput = lazy(() => import("@/components/date-input"));

function Day({ value }: DisplayProps) {
  const format = useFormat();
  return <time dateTime={String(value)}>{format.date(String(value))}</time>;
}

function Moment({ value }: DisplayProps) {
  const format = useFormat();
  return <time dateTime={String(value)}>{format.instant(String(value))}</time>;
}

function DayEntry({ value, ...props }: InputProps) {
  return <Entry {...props} value={value === null ? null : String(value)} />;
}

function MomentEntry({ value, onChange, ...props }: InputProps) {
  const { timezone } = useFormat().reader;
  const instant = value === null ? null : String(value);
  const wall = instant && `${civilDate(instant, timezone)}T${civilTime(instant, timezone)}`;
  const change = (next: string | null) => {
    const [date = "", time = ""] = next?.split("T") ?? [];
    onChange(next === null ? null : instantAt(date, time, timezone));
  };
  return <Entry {...props} time value={wall} onChange={change} />;
}

type EntryProps = Omit<InputProps, "value" | "onChange"> & {
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  readonly time?: boolean;
};

function Entry({ ids, label, value, onChange, onBlur, disabled, time, testId }: EntryProps) {
  return (
    <Suspense fallback={<span className={styles.placeholder} />}>
      <DateInput
        {...(ids && { ids })}
        {...(label && { label })}
        {...(onBlur && { onBlur })}
        {...(testId && { testId })}
        value={value}
        onChange={onChange}
        disabled={disabled ?? false}
        time={time ?? false}
      />
    </Suspense>
  );
}

/** A civil date. */
export const date: FieldLook = {
  chosen: true,
  Display: Day,
  Input: DayEntry,
  text: (value, { format }) => format.date(String(value)),
  operators: [
    "equals",
    "less",
    "greater",
    "atLeast",
    "atMost",
    "past",
    "within",
    "empty",
    "filled",
  ],
  literal: (value) => `date(${quoted(value)})`,
  width: "normal",
};

/** A moment, shown in the reader's time zone. */
export const datetime: FieldLook = {
  chosen: true,
  Display: Moment,
  Input: MomentEntry,
  text: (value, { format }) => format.instant(String(value)),
  operators: ["on", "before", "after", "pastDay", "within", "empty", "filled"],
  literal: (value) => `date(${quoted(value)})`,
  width: "normal",
};
