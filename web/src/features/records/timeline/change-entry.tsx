import type { TFunction } from "i18next";
import { Trans, useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import { type Change, type Included, mayWrite, type RecordAnswer, type Value } from "@/api/types";
import { useFormat } from "@/components/use-format";
import { lookOf } from "@/kinds/field/kinds";
import { sameValue } from "@/lib/same-value";
import styles from "./timeline.module.css";

interface ChangeEntryProps {
  readonly object: string;
  readonly answer: RecordAnswer;
  readonly change: Change;
  readonly included: Included | undefined;
  readonly onRestore: (field: Field, before: Value) => void;
}

/** What a change did, field by field, each with a way back to what it was. */
export function ChangeEntry(props: ChangeEntryProps) {
  const { t } = useTranslation();
  if (props.change.action !== "create") return <FieldChanges {...props} />;
  return (
    <details className={styles.first}>
      <summary>{t("history.firstValues")}</summary>
      <FieldChanges {...props} />
    </details>
  );
}

/** How a change came about, when it was not simply typed here. */
export function through(via: string, t: TFunction): string | null {
  switch (via) {
    case "key":
      return t("history.via.key");
    case "import":
      return t("history.via.import");
    case "merge":
      return t("history.via.merge");
    case "undo_merge":
      return t("history.via.undo_merge");
    case "claim":
    case "release":
    case "assign":
    case "convert":
    case "undo_convert":
      return t(`history.via.${via}`);
    case "command":
      return t("history.via.command");
    case "system":
      return t("history.via.system");
    default:
      return null;
  }
}

// Their old contents are other records and files, which may be gone.
const unrestorable = ["lines", "file", "image"];

function canRestore({ data, can }: RecordAnswer, field: Field, before: Value): boolean {
  if (field.system || unrestorable.includes(field.field)) return false;
  const open = field.can === "write" && field.writable !== false;
  const writable = can.update && open && mayWrite(can.fields?.[field.name]);
  return writable && !sameValue(before, data[field.name]);
}

function FieldChanges({ object, answer, change, included, onRestore }: ChangeEntryProps) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const names = Object.keys({ ...change.before, ...change.after });
  const fields = names.flatMap((name) => catalog.field(object, name) ?? []);
  // Since when a value holds is when this change was made.
  const told = fields.filter((field) => !field.since && (!field.system || field.name === "owner"));
  const rows = told.filter(
    (field) => valueAt(change.before, field) !== valueAt(change.after, field),
  );
  if (rows.length === 0) return null;
  return (
    <ul className={styles.changes}>
      {rows.map((field) => {
        const before = valueAt(change.before, field);
        return (
          <li key={field.name} data-testid={`change.${change.id}.${field.name}`}>
            <FieldChange
              field={field}
              before={before}
              after={valueAt(change.after, field)}
              included={included}
            />
            {change.action === "update" && canRestore(answer, field, before) && (
              <button
                type="button"
                className={styles.undo}
                onClick={() => onRestore(field, before)}
                data-testid={`change.undo.${change.id}.${field.name}`}
              >
                {t("action.undo")}
                <span className="unseen">{t("history.restoreField", { field: field.title })}</span>
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function valueAt(image: Change["before"], field: Field): Value {
  return image?.[field.name] ?? null;
}

interface FieldChangeProps {
  readonly field: Field;
  readonly before: Value;
  readonly after: Value;
  readonly included: Included | undefined;
}

/** One field's change as a sentence. */
function FieldChange({ field, before, after, included }: FieldChangeProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = (value: Value) =>
    value === null ? "" : lookOf(field).text(value, { field, format, t, included });
  const values = { field: field.title, before: words(before), after: words(after) };
  const components = { b: <b />, del: <del />, ins: <ins /> };
  const change = before === null ? "set" : after === null ? "cleared" : "changed";
  // The values are people's own texts: what looks like a tag in them is none.
  return (
    <Trans
      i18nKey={`history.field.${change}`}
      values={values}
      components={components}
      tOptions={{ interpolation: { escapeValue: true } }}
      shouldUnescape
    />
  );
}
