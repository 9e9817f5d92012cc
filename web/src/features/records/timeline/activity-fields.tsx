import type { ActivityObject, Field } from "@/api/catalog";
import type { Value, Values } from "@/api/types";
import { Chips } from "@/components/chips";
import { FieldFrame } from "@/components/field-frame";
import { lookOf } from "@/kinds/field/kinds";
import { isChips, isPlan } from "./activity-model";
import { MomentChips } from "./moment-chips";
import type { Preset } from "./moments";

interface ActivityFieldsProps {
  readonly kind: ActivityObject;
  readonly fields: readonly Field[];
  readonly values: Values;
  readonly onChange: (values: Values) => void;
}

/** What is asked for beside the words of an activity: mostly one touch each. */
export function ActivityFields({ kind, fields, values, onChange }: ActivityFieldsProps) {
  const set = (field: Field) => (value: Value) => onChange({ ...values, [field.name]: value });
  const presets: readonly Preset[] = kind.activity.next
    ? ["tomorrow", "in3days", "nextWeek"]
    : ["today", "tomorrow", "nextWeek"];
  return fields.map((field) => {
    const value = values[field.name] ?? null;
    const testId = `note.${field.name}`;
    if (isPlan(kind, field)) {
      return (
        <MomentChips
          key={field.name}
          field={field}
          label={field.title}
          presets={presets}
          value={value}
          onChange={set(field)}
          testId={testId}
        />
      );
    }
    if (isChips(field)) {
      return (
        <Chips
          key={field.name}
          label={field.title}
          chips={(field.oneOf ?? [])
            .filter((option) => option.active !== false)
            .map((option) => ({ value: option.const, label: option.title }))}
          value={typeof value === "string" ? value : null}
          optional={!field.required}
          onChange={set(field)}
          testId={testId}
        />
      );
    }
    const { Input } = lookOf(field);
    return (
      <FieldFrame key={field.name} label={field.title}>
        {(ids) => (
          <Input field={field} ids={ids} value={value} onChange={set(field)} testId={testId} />
        )}
      </FieldFrame>
    );
  });
}
