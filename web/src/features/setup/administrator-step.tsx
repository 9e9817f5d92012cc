import { useTranslation } from "react-i18next";
import { FieldFrame } from "@/components/field-frame";
import { NewPassword } from "@/components/new-password";
import { TextInput } from "@/components/text-input";
import type { Answers } from "./answers";
import styles from "./setup.module.css";

/** What every step that asks something is given. */
export interface StepProps {
  readonly answers: Answers;
  readonly errors: Partial<Record<string, string>>;
  readonly change: (given: Partial<Answers>) => void;
}

/** Who runs the installation. */
export function AdministratorStep({ answers, errors, change }: StepProps) {
  const { t } = useTranslation();
  return (
    <div className={styles.fields}>
      <FieldFrame label={t("setup.administrator.name")} error={errors.name} required>
        {(ids) => (
          <TextInput
            ids={ids}
            autoComplete="name"
            value={answers.name}
            onChange={(name) => change({ name })}
            testId="setup.name"
          />
        )}
      </FieldFrame>
      <FieldFrame label={t("session.email")} error={errors.email} required>
        {(ids) => (
          <TextInput
            ids={ids}
            type="email"
            inputMode="email"
            autoComplete="username"
            value={answers.email}
            onChange={(email) => change({ email })}
            testId="setup.email"
          />
        )}
      </FieldFrame>
      <NewPassword
        label={t("session.password")}
        error={errors.password}
        required
        value={answers.password}
        onChange={(password) => change({ password })}
        testId="setup.password"
      />
    </div>
  );
}
