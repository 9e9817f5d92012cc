import { useTranslation } from "react-i18next";
import type { Value } from "@/api/types";
import { TextInput } from "@/components/text-input";
import { textsOf } from "./document";
import styles from "./field.module.css";
import { type DisplayProps, type FieldLook, type InputProps, quoted } from "./look";

const parts = ["country", "region", "city", "district", "street", "postcode"] as const;

/** An address as one line: its parts with blanks between them. */
function line(value: Value): string {
  const found = textsOf(value);
  return parts.flatMap((part) => found[part] ?? []).join(" ");
}

function Line({ value }: DisplayProps) {
  return <address className={styles.address}>{line(value)}</address>;
}

function Parts({ value, onChange, ids, label, onBlur, disabled, testId }: InputProps) {
  const { t } = useTranslation();
  const found = textsOf(value);
  const named = { "aria-label": label, "aria-labelledby": ids && `${ids.id}-label` };
  const change = (part: string, typed: string) => {
    const { [part]: _, ...rest } = found;
    const next = typed === "" ? rest : { ...rest, [part]: typed };
    onChange(Object.keys(next).length > 0 ? next : null);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset stands inside the field's own frame
    <div className={styles.parts} role="group" {...named}>
      {parts.map((part, index) => (
        <div key={part} className={styles.part} data-part={part}>
          <TextInput
            {...(ids && index === 0 && { ids })}
            {...(onBlur && { onBlur })}
            {...(testId && { testId: `${testId}.${part}` })}
            label={t(`field.address.${part}`)}
            placeholder={t(`field.address.${part}`)}
            disabled={disabled ?? false}
            maxLength={part === "street" ? 200 : 80}
            value={found[part] ?? ""}
            onChange={(typed) => change(part, typed)}
          />
        </div>
      ))}
    </div>
  );
}

/** A postal address. */
export const address: FieldLook = {
  large: true,
  Display: Line,
  Input: Parts,
  text: line,
  words: line,
  operators: ["contains", "notContains", "empty", "filled"],
  literal: quoted,
  width: "wide",
  unsortable: true,
};
