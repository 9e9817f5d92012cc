import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { ControlIds } from "./field-frame";
import { Icon, type IconName } from "./icon";
import styles from "./text-input.module.css";

interface TextInputProps {
  readonly ids?: ControlIds;
  readonly label?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onBlur?: () => void;
  readonly type?: "text" | "email" | "tel" | "url" | "search" | "time";
  readonly inputMode?: "text" | "decimal" | "numeric" | "email" | "tel" | "url" | "search";
  readonly autoComplete?: string;
  readonly autoFocus?: boolean;
  readonly disabled?: boolean;
  readonly placeholder?: string;
  readonly maxLength?: number | undefined;
  readonly icon?: IconName;
  readonly suffix?: string;
  readonly clear?: boolean;
  readonly testId?: string;
}

/** A line of text. */
export function TextInput(props: TextInputProps) {
  const { ids, label, onChange, icon, suffix } = props;
  const { t } = useTranslation();
  return (
    <Input
      {...aria(ids, label)}
      {...(icon && { prefix: <Icon name={icon} /> })}
      {...(suffix && { suffix })}
      value={props.value}
      onChange={(event) => onChange(event.target.value)}
      onBlur={props.onBlur}
      type={props.type ?? "text"}
      inputMode={props.inputMode}
      autoComplete={props.autoComplete ?? "off"}
      autoFocus={props.autoFocus}
      disabled={props.disabled ?? false}
      placeholder={props.placeholder}
      maxLength={props.maxLength}
      allowClear={
        props.clear === true && {
          clearIcon: (
            <span className={styles.clear}>
              <Icon name="close" />
              <span className="unseen">{t("filter.clear")}</span>
            </span>
          ),
        }
      }
      data-testid={props.testId}
    />
  );
}

/** Several lines of text; it grows with them. */
export function TextArea(props: Omit<TextInputProps, "type" | "icon" | "suffix" | "clear">) {
  return (
    <Input.TextArea
      {...aria(props.ids, props.label)}
      value={props.value}
      onChange={(event) => props.onChange(event.target.value)}
      onBlur={props.onBlur}
      disabled={props.disabled ?? false}
      autoFocus={props.autoFocus}
      maxLength={props.maxLength}
      placeholder={props.placeholder}
      rows={3}
      className={styles.area ?? ""}
      data-testid={props.testId}
    />
  );
}

interface PasswordInputProps {
  readonly ids: ControlIds;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly autoComplete: "current-password" | "new-password";
  readonly testId?: string;
}

/** A password that can be shown, pasted, and filled in by a password manager. */
export function PasswordInput({ ids, value, onChange, autoComplete, testId }: PasswordInputProps) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  return (
    <Input
      {...aria(ids)}
      type={shown ? "text" : "password"}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      autoComplete={autoComplete}
      spellCheck={false}
      data-testid={testId}
      suffix={
        <button
          type="button"
          className={styles.show}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          {shown ? t("password.hide") : t("password.show")}
        </button>
      }
    />
  );
}

function aria(ids: ControlIds | undefined, label?: string) {
  return {
    ...(ids && {
      id: ids.id,
      "aria-describedby": ids.describedBy,
      "aria-invalid": ids.invalid || undefined,
      "aria-required": ids.required || undefined,
      status: ids.invalid ? ("error" as const) : ("" as const),
    }),
    ...(label && { "aria-label": label }),
  };
}
