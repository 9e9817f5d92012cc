import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import type { Value } from "@/api/types";
import { IconButton } from "@/components/button";
import { MultiSelect, Select } from "@/components/select";
import { TextInput } from "@/components/text-input";
import { lookOf } from "@/kinds/field/kinds";
import { type OperatorName, operatorOf, periods } from "@/kinds/field/operators";
import { choicesOf } from "@/kinds/field/select";
import styles from "./filter.module.css";
import { type Condition, condition } from "./model";
import { wordFor } from "./words";

interface FilterRowProps {
  readonly fields: readonly Field[];
  readonly condition: Condition;
  readonly onChange: (condition: Condition) => void;
  readonly onRemove: () => void;
}

const filtered = (field: Field) => lookOf(field).operators.length > 0;

/** One comparison: a field, how it is compared, and with what. */
export function FilterRow({ fields, condition: row, onChange, onRemove }: FilterRowProps) {
  const { t } = useTranslation();
  const field = fields.find((one) => one.name === row.field);
  const chooseField = (name: string | null) => {
    const next = fields.find((one) => one.name === name);
    const operator = next && lookOf(next).operators[0];
    if (next && operator) onChange({ ...condition(next.name, operator), key: row.key });
  };
  const chooseOperator = (operator: OperatorName) => {
    const same = operatorOf(operator).operand === operatorOf(row.operator).operand;
    onChange({ ...row, operator, operands: same ? row.operands : [] });
  };
  const choices = (field ? lookOf(field).operators : []).map((operator) => ({
    value: operator,
    label: field ? t(`operator.${wordFor(operator, field)}`) : operator,
  }));
  return (
    <div className={styles.row} data-testid={`filter.row.${row.field}`}>
      <div className={styles.field}>
        <Select
          label={t("filter.field")}
          value={row.field}
          choices={fields.filter(filtered).map((one) => ({ value: one.name, label: one.title }))}
          onChange={chooseField}
          testId="filter.field"
        />
      </div>
      <div className={styles.operator}>
        <Select
          label={t("filter.operator")}
          value={row.operator}
          choices={choices}
          onChange={(name) => {
            const chosen = choices.find((choice) => choice.value === name);
            if (chosen) chooseOperator(chosen.value);
          }}
          testId="filter.operator"
        />
      </div>
      <div className={styles.operand}>
        {field && (
          <Operands
            field={field}
            condition={row}
            onChange={(operands) => onChange({ ...row, operands })}
          />
        )}
      </div>
      <IconButton icon="close" label={t("filter.remove")} onClick={onRemove} />
    </div>
  );
}

interface OperandsProps {
  readonly field: Field;
  readonly condition: Condition;
  readonly onChange: (operands: readonly string[]) => void;
}

function Operands({ field, condition: row, onChange }: OperandsProps) {
  const { t } = useTranslation();
  const { operand } = operatorOf(row.operator);
  const [first = null] = row.operands;
  const label = t("filter.value");
  const testId = "filter.value";
  const one = (value: Value) => onChange(value === null ? [] : [String(value)]);
  if (operand === "none") return null;
  if (operand === "text") {
    return <TextInput label={label} value={first ?? ""} onChange={one} testId={testId} />;
  }
  if (operand === "options") {
    return (
      <MultiSelect
        label={label}
        value={row.operands}
        choices={choicesOf(field)}
        onChange={onChange}
        testId={testId}
      />
    );
  }
  if (operand === "period" || field.oneOf) {
    const named = periods.map((period) => ({ value: period, label: t(`period.${period}`) }));
    const choices = operand === "period" ? named : choicesOf(field);
    return <Select label={label} value={first} choices={choices} onChange={one} testId={testId} />;
  }
  const { Input } = lookOf(operand === "date" ? { field: "date" } : field);
  return <Input field={field} label={label} value={first} onChange={one} testId={testId} />;
}
