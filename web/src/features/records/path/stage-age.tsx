import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { Option } from "@/api/definitions";
import { Icon } from "@/components/icon";
import { waitsTooLong } from "./model";
import styles from "./stage-age.module.css";

interface StageAgeProps {
  readonly stage: Option | undefined;
  /** For how many whole days it has been there. */
  readonly days: number;
}

/** For how long a record has been in its stage, with a warning when that is too long. */
export function StageAge({ stage, days }: StageAgeProps) {
  const { t } = useTranslation();
  const late = waitsTooLong(stage, days);
  const warning = late ? t("path.late", { count: stage?.staleAfter }) : undefined;
  return (
    <span
      className={styles.age}
      data-late={late || undefined}
      data-testid="stage.age"
      title={warning}
    >
      {late && <Icon name="warning" />}
      {ageText(t, days)}
      {late && <span className="unseen">{warning}</span>}
    </span>
  );
}

/** Such as 12 days. */
export function ageText(t: TFunction, days: number): string {
  return days > 0 ? t("path.age", { count: days }) : t("path.ageToday");
}
