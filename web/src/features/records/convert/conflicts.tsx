import { useTranslation } from "react-i18next";
import type { ConversionTarget } from "@/api/conversions";
import { useCatalog } from "@/api/meta";
import { mayWrite, type RecordAnswer } from "@/api/types";
import { Segmented } from "@/components/segmented";
import { useFormat } from "@/components/use-format";
import { ValueView } from "@/kinds/field/value-view";
import { points, same } from "./choices";
import styles from "./convert.module.css";

interface ConflictsProps {
  readonly target: ConversionTarget;
  readonly theirs: RecordAnswer;
  readonly replaced: readonly string[];
  readonly onChange: (replaced: readonly string[]) => void;
}

/** The fields in which a record that is there differs from what comes: keep, or replace. */
export function Conflicts({ target, theirs, replaced, onChange }: ConflictsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const fields = useCatalog()
    .fields(target.object)
    .filter((field) => {
      const writable = mayWrite(field.can) && mayWrite(theirs.can.fields?.[field.name]);
      return field.name in target.values && writable && theirs.can.update && !points(field);
    });
  const filled = fields.filter((field) => (theirs.data[field.name] ?? null) === null);
  const differing = fields.filter(
    (field) => !filled.includes(field) && !same(theirs.data[field.name], target.values[field.name]),
  );
  const decide = (name: string, side: string) =>
    onChange(side === "replace" ? [...replaced, name] : replaced.filter((one) => one !== name));
  return (
    <div className={styles.conflicts}>
      {filled.length > 0 && (
        <p className={styles.note}>
          {t("convert.filled", {
            count: filled.length,
            fields: format.list(filled.map((field) => field.title)),
          })}
        </p>
      )}
      {differing.map((field) => (
        <div
          key={field.name}
          className={styles.conflict}
          data-testid={`convert.conflict.${field.name}`}
        >
          <span className={styles.field}>{field.title}</span>
          <span>
            <ValueView
              field={field}
              value={theirs.data[field.name]}
              included={theirs.included}
              brief
            />
          </span>
          <span>
            <ValueView field={field} value={target.values[field.name]} brief />
          </span>
          <Segmented
            label={t("convert.decide", { field: field.title })}
            value={replaced.includes(field.name) ? "replace" : "keep"}
            choices={[
              { value: "keep", label: t("convert.keep") },
              { value: "replace", label: t("convert.replace") },
            ]}
            onChange={(side) => decide(field.name, side)}
          />
        </div>
      ))}
    </div>
  );
}
