import type { Property } from "@/api/definitions";
import { useMe } from "@/api/session";
import type { Value } from "@/api/types";
import { Select } from "@/components/select";
import { TextInput } from "@/components/text-input";
import { useFormat } from "@/components/use-format";
import { textsOf } from "./document";
import styles from "./field.module.css";
import type { DisplayProps, FieldLook, InputProps } from "./look";
import { decimal, plainNumber } from "./number";

interface Amount {
  readonly amount: string;
  readonly currency: string;
}

function amountOf(value: Value): Amount | null {
  const { amount, currency } = textsOf(value);
  return amount !== undefined && currency !== undefined ? { amount, currency } : null;
}

function Figure({ value }: DisplayProps) {
  const format = useFormat();
  const money = amountOf(value);
  if (!money) return null;
  return <span className={styles.number}>{format.money(money.amount, money.currency)}</span>;
}

/** The currencies that are offered beside the organisation's own, as long as it names none. */
const common = ["CNY", "USD", "EUR", "GBP", "JPY", "HKD", "TWD", "KRW", "SGD", "AUD", "CAD", "CHF"];

function Entry({ value, onChange, ids, label, onBlur, disabled, testId }: InputProps) {
  const { currency: own, currencies: used } = useMe().organisation;
  const money = amountOf(value);
  const currency = money?.currency ?? own;
  const offered = used.length > 0 ? used : common;
  const choices = [...new Set([own, currency, ...offered])].map((code) => ({
    value: code,
    label: code,
  }));
  const change = (amount: string, code: string) =>
    onChange(amount === "" ? null : { amount: plainNumber(amount), currency: code });
  return (
    <div className={styles.money}>
      <TextInput
        {...(ids && { ids })}
        {...(label && { label })}
        {...(onBlur && { onBlur })}
        {...(testId && { testId })}
        inputMode="decimal"
        disabled={disabled ?? false}
        value={money?.amount ?? ""}
        onChange={(amount) => change(amount, currency)}
      />
      <Select
        {...(testId && { testId: `${testId}.currency` })}
        label={currency}
        choices={choices}
        value={currency}
        disabled={disabled ?? false}
        onChange={(code) => change(money?.amount ?? "", code ?? own)}
      />
    </div>
  );
}

function OwnFigure({ value }: DisplayProps) {
  const format = useFormat();
  return <span className={styles.number}>{format.ownMoney(String(value))}</span>;
}

/** Whether the values of a field are amounts, entered or computed. */
export function isMoney({ field, format }: Pick<Property, "field" | "format">): boolean {
  return field === "money" || format === "money";
}

/** An amount that was computed, in the organisation's currency. */
export const computedMoney: FieldLook = {
  ...decimal,
  Display: OwnFigure,
  text: (value, { format }) => format.ownMoney(String(value)),
  width: "normal",
};

/** An amount in a currency; a filter compares what it is in the organisation's. */
export const money: FieldLook = {
  ...decimal,
  Display: Figure,
  Input: Entry,
  text: (value, { format }) => {
    const amount = amountOf(value);
    return amount ? format.money(amount.amount, amount.currency) : "";
  },
  words: (value, own) => {
    const amount = amountOf(value);
    return amount?.currency === own ? amount.amount : null;
  },
  width: "normal",
};
