import { useTranslation } from "react-i18next";
import { Checkbox } from "@/components/checkbox";
import styles from "./field.module.css";
import type { DisplayProps, FieldLook, InputProps } from "./look";

function YesNo({ value }: DisplayProps) {
  const { t } = useTranslation();
  return (
    <span className={value === true ? styles.text : styles.quiet}>
      {value === true ? t("field.yes") : t("field.no")}
    </span>
  );
}

function Box({ value, onChange, ids, label, disabled, testId }: InputProps) {
  const { t } = useTranslation();
  return (
    <Checkbox
      {...(ids && { ids })}
      {...(label && { label })}
      {...(testId && { testId })}
      checked={value === true}
      disabled={disabled ?? false}
      onChange={onChange}
    >
      <span aria-hidden="true">{value === true ? t("field.yes") : t("field.no")}</span>
    </Checkbox>
  );
}

/** Yes or no. */
export const boolean: FieldLook = {
  chosen: true,
  Display: YesNo,
  Input: Box,
  text: (value, { t }) => (value === true ? t("field.yes") : t("field.no")),
  operators: ["isTrue", "isFalse"],
  literal: String,
  width: "narrow",
};
