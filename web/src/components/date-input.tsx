import { DatePicker } from "antd";
import dayjs from "dayjs";
import customParseFormat from "dayjs/plugin/customParseFormat";
import { useTranslation } from "react-i18next";
import type { ControlIds } from "./field-frame";
import styles from "./select.module.css";

dayjs.extend(customParseFormat);

interface DateInputProps {
  readonly ids?: ControlIds;
  readonly label?: string;
  /** 2026-11-21, or with `time` 2026-11-21T14:05, as a clock on the wall shows it. */
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  readonly onBlur?: () => void;
  readonly time?: boolean;
  readonly disabled?: boolean;
  readonly testId?: string;
}

const dates = ["YYYY-MM-DD", "D/M/YYYY", "D MMM YYYY", "YYYY/M/D", "YYYYMMDD"];
const times = ["YYYY-MM-DD HH:mm", "D/M/YYYY HH:mm", "YYYY/M/D HH:mm"];

/** A date, typed or picked. */
export default function DateInput(props: DateInputProps) {
  const { ids, value, time = false } = props;
  const { t } = useTranslation();
  const shape = time ? "YYYY-MM-DDTHH:mm" : "YYYY-MM-DD";
  return (
    <DatePicker
      {...(ids && {
        id: ids.id,
        "aria-describedby": ids.describedBy,
        "aria-invalid": ids.invalid || undefined,
        "aria-required": ids.required || undefined,
        status: ids.invalid ? ("error" as const) : ("" as const),
      })}
      {...(props.label && { "aria-label": props.label })}
      className={styles.select ?? ""}
      value={value ? dayjs(value, shape) : null}
      onChange={(at) => props.onChange(at ? at.format(shape) : null)}
      onBlur={() => props.onBlur?.()}
      format={time ? times : dates}
      showTime={time && { format: "HH:mm" }}
      placeholder={t(time ? "date.instantPlaceholder" : "date.placeholder")}
      disabled={props.disabled ?? false}
      preserveInvalidOnBlur
      data-testid={props.testId}
    />
  );
}
