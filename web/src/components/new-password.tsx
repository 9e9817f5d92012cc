import { useTranslation } from "react-i18next";
import { passwordStrength } from "@/lib/password";
import { FieldFrame } from "./field-frame";
import { PasswordInput } from "./text-input";

interface NewPasswordProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (password: string) => void;
  readonly error?: string | undefined;
  readonly required?: boolean;
  readonly testId: string;
}

/** Asks for a new password, and says how good it is while it is typed. */
export function NewPassword(props: NewPasswordProps) {
  const { t } = useTranslation();
  const { label, value, onChange, error, required = false, testId } = props;
  return (
    <FieldFrame
      label={label}
      error={error}
      required={required}
      help={value ? t(`password.strength.${passwordStrength(value)}`) : t("password.rule")}
    >
      {(ids) => (
        <PasswordInput
          ids={ids}
          autoComplete="new-password"
          value={value}
          onChange={onChange}
          testId={testId}
        />
      )}
    </FieldFrame>
  );
}
