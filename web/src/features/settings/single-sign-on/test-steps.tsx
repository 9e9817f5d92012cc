import { useTranslation } from "react-i18next";
import { failureOf, type TestStep } from "@/api/single-sign-on";
import { Icon, type IconName } from "@/components/icon";
import styles from "./single-sign-on.module.css";

const names = [
  "discovery",
  "authorization",
  "exchange",
  "token",
  "profile",
  "email",
  "person",
] as const;

/** The reasons for which it is told where one asked. */
const unanswered: readonly string[] = ["malformed", "private", "unreachable"];

const looks: Readonly<Record<string, IconName>> = {
  passed: "check",
  failed: "warning",
  left: "minus",
};

/** Each step of a test: what it is, whether it was passed, and why not. */
export function TestSteps({ steps }: { steps: readonly TestStep[] }) {
  return (
    <ol className={styles.steps} data-testid="sso.steps">
      {steps.map((step) => (
        <Step key={step.name} step={step} />
      ))}
    </ol>
  );
}

function Step({ step }: { step: TestStep }) {
  const { t } = useTranslation();
  const name = names.find((one) => one === step.name);
  const reason = failureOf(step.reason);
  const state =
    step.state === "passed"
      ? t("sso.state.passed")
      : step.state === "failed"
        ? t("sso.state.failed")
        : t("sso.state.left");
  return (
    <li className={styles.step} data-state={step.state} data-testid={`sso.step.${step.name}`}>
      <Icon name={looks[step.state] ?? "minus"} />
      <div className={styles.stepWords}>
        <span>
          {name ? t(`sso.step.${name}`) : step.name}
          <span className={styles.state}>{state}</span>
        </span>
        {step.state === "failed" && (
          <>
            <span>{reason ? t(`sso.reason.${reason}`) : step.reason}</span>
            {step.expected && (
              <Fact
                label={unanswered.includes(step.reason) ? t("sso.address") : t("sso.expected")}
                value={step.expected}
              />
            )}
            {step.got && <Fact label={t("sso.got")} value={step.got} />}
          </>
        )}
      </div>
    </li>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <span className={styles.rawFact}>
      {label} <code>{value}</code>
    </span>
  );
}
