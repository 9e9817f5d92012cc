import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { Value } from "@/api/types";
import { Chips } from "@/components/chips";
import { useFormat } from "@/components/use-format";
import { lookOf } from "@/kinds/field/kinds";
import { momentOf, type Preset } from "./moments";
import styles from "./timeline.module.css";

interface MomentChipsProps {
  readonly field: Field;
  readonly label: string;
  readonly presets: readonly Preset[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly testId: string;
}

const other = "other";

/** A date or an instant: one of those that are chosen most often, or any. */
export function MomentChips({ field, label, presets, value, onChange, testId }: MomentChipsProps) {
  const { t } = useTranslation();
  const { timezone } = useFormat().reader;
  const [open, setOpen] = useState(false);
  const moments = presets.map((preset) => ({ preset, at: momentOf(preset, field, timezone) }));
  const known = moments.find(({ at }) => at === value)?.preset;
  const { Input } = lookOf(field);
  const choose = (chosen: string | null) => {
    setOpen(chosen === other);
    if (chosen !== other) onChange(moments.find(({ preset }) => preset === chosen)?.at ?? null);
  };
  const current = open || (value !== null && !known) ? other : (known ?? null);
  return (
    <div className={styles.moment}>
      <Chips
        label={label}
        chips={[
          ...presets.map((preset) => ({ value: preset, label: t(`moment.${preset}`) })),
          { value: other, label: t("moment.other") },
        ]}
        value={current}
        optional
        onChange={choose}
        testId={testId}
      />
      {current === other && (
        <Input
          field={field}
          label={label}
          value={value}
          onChange={onChange}
          testId={`${testId}.at`}
        />
      )}
    </div>
  );
}
