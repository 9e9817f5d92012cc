import { TextInput } from "@/components/text-input";
import { useFormat } from "@/components/use-format";
import styles from "./field.module.css";
import { type DisplayProps, type FieldLook, type InputProps, quoted } from "./look";

type LineType = "text" | "email" | "tel" | "url";

const operators = [
  "contains",
  "notContains",
  "equals",
  "notEquals",
  "startsWith",
  "endsWith",
  "empty",
  "filled",
] as const;

function Line({ type, ...props }: InputProps & { readonly type: LineType }) {
  const { field, value, onChange, onBlur, ids, label, testId } = props;
  return (
    <TextInput
      {...(ids && { ids })}
      {...(label && { label })}
      {...(onBlur && { onBlur })}
      {...(testId && { testId })}
      type={type}
      inputMode={type}
      disabled={props.disabled ?? false}
      maxLength={field.maxLength}
      value={value === null ? "" : String(value)}
      onChange={(text) => onChange(text === "" ? null : text)}
    />
  );
}

const TextEntry = (props: InputProps) => <Line {...props} type="text" />;
const MailEntry = (props: InputProps) => <Line {...props} type="email" />;
const PhoneEntry = (props: InputProps) => <Line {...props} type="tel" />;
const WebEntry = (props: InputProps) => <Line {...props} type="url" />;

function Plain({ value }: DisplayProps) {
  return <span className={styles.text}>{String(value)}</span>;
}

/** Whether a value is shown in part, so that nobody can be called or written to by it. */
const masked = (value: unknown) => String(value).includes("***");

function Phone({ value }: DisplayProps) {
  const format = useFormat();
  if (masked(value)) return <span className={styles.number}>{String(value)}</span>;
  return (
    <a className={styles.number} href={`tel:${String(value)}`} tabIndex={-1}>
      {format.phone(String(value))}
    </a>
  );
}

function Mail({ value }: DisplayProps) {
  if (masked(value)) return <span>{String(value)}</span>;
  return (
    <a href={`mailto:${String(value)}`} tabIndex={-1}>
      {String(value)}
    </a>
  );
}

function Web({ value }: DisplayProps) {
  const address = String(value);
  const safe = /^https?:\/\//i.test(address);
  if (!safe) return <span className={styles.text}>{address}</span>;
  return (
    <a href={address} target="_blank" rel="noreferrer" tabIndex={-1}>
      {address.replace(/^https?:\/\//i, "").replace(/\/$/, "")}
    </a>
  );
}

/** A line of text. */
export const text: FieldLook = {
  Display: Plain,
  Input: TextEntry,
  text: String,
  operators,
  literal: quoted,
  width: "normal",
};

/** An e-mail address. */
export const email: FieldLook = { ...text, Display: Mail, Input: MailEntry, width: "wide" };

/** A phone number, stored as E.164. */
export const phone: FieldLook = {
  ...text,
  Display: Phone,
  Input: PhoneEntry,
  text: (value, { format }) => format.phone(String(value)),
};

/** A web address; only http and https are links. */
export const url: FieldLook = { ...text, Display: Web, Input: WebEntry, width: "wide" };
