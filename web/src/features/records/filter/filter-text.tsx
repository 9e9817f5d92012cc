import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { checkQuery } from "@/api/expressions";
import { FieldFrame } from "@/components/field-frame";
import { TextArea } from "@/components/text-input";
import { useDebounced } from "@/lib/use-debounced";
import styles from "./filter.module.css";

interface FilterTextProps {
  readonly object: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly onValid: (valid: boolean) => void;
}

/** A filter as the expression it is; the server says what is wrong with it, and where. */
export function FilterText({ object, text, onChange, onValid }: FilterTextProps) {
  const { t } = useTranslation();
  const rested = useDebounced(text.trim(), 300);
  const check = useQuery({ ...checkQuery(object, "filter", rested), enabled: rested !== "" });
  const error = check.data?.valid === false ? check.data.error : undefined;
  const known = rested === text.trim() && (rested === "" || check.data?.valid === true);
  useEffect(() => onValid(known), [onValid, known]);
  return (
    <div className={styles.text}>
      <FieldFrame
        label={t("filter.expression")}
        help={t("filter.expressionHelp")}
        error={error?.message}
      >
        {(ids) => <TextArea ids={ids} value={text} onChange={onChange} testId="filter.text" />}
      </FieldFrame>
      {error && (
        <p className={styles.place} data-testid="filter.place">
          <code>
            {rested.slice(0, error.position)}
            <mark>
              {rested.slice(error.position, Math.max(error.end, error.position + 1)) || "⌄"}
            </mark>
            {rested.slice(Math.max(error.end, error.position + 1))}
          </code>
        </p>
      )}
    </div>
  );
}
