import { useTranslation } from "react-i18next";
import type { ControlIds } from "./field-frame";
import { Select } from "./select";

interface MonthSelectProps {
  readonly ids: ControlIds;
  /** 1 to 12. */
  readonly value: number;
  readonly onChange: (month: number) => void;
  readonly testId: string;
}

/** A month of the year. */
export function MonthSelect({ ids, value, onChange, testId }: MonthSelectProps) {
  const { i18n } = useTranslation();
  const names = new Intl.DateTimeFormat(i18n.language, { month: "long", timeZone: "UTC" });
  const choices = Array.from({ length: 12 }, (_, month) => ({
    value: String(month + 1),
    label: names.format(new Date(Date.UTC(2026, month, 1))),
  }));
  return (
    <Select
      ids={ids}
      value={String(value)}
      choices={choices}
      onChange={(month) => onChange(Number(month ?? 1))}
      testId={testId}
    />
  );
}
