import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useCatalog } from "@/api/meta";
import type { Included, Value } from "@/api/types";
import { Select } from "@/components/select";
import { textsOf } from "./document";
import styles from "./field.module.css";
import { type DisplayProps, type FieldLook, type InputProps, quoted } from "./look";
import { lookup } from "./lookup";

interface Target {
  readonly object: string;
  readonly id: string;
}

function targetOf(value: Value): Target | null {
  const { object, id } = textsOf(value);
  return object !== undefined && id !== undefined ? { object, id } : null;
}

function nameOf(target: Target | null, included: Included | undefined): string | undefined {
  return target ? included?.[target.object]?.[target.id]?.display : undefined;
}

function RecordLink({ value, included }: DisplayProps) {
  const { t } = useTranslation();
  const target = targetOf(value);
  const name = nameOf(target, included);
  if (!target || !name) return <span className={styles.quiet}>{t("field.unseenRecord")}</span>;
  return (
    <Link to={`/o/${target.object}/${target.id}`} tabIndex={-1}>
      {name}
    </Link>
  );
}

function Entry(props: InputProps) {
  const { field, value, onChange, label, disabled, testId } = props;
  const { t } = useTranslation();
  const catalog = useCatalog();
  const targets = field.targets ?? catalog.worked();
  const chosen = targetOf(value);
  const object = chosen?.object ?? targets[0] ?? "user";
  const Typeahead = lookup.Input;
  return (
    <div className={styles.link}>
      {targets.length > 1 && (
        <Select
          {...(testId && { testId: `${testId}.object` })}
          label={label ?? t("field.linkTo")}
          choices={targets.map((name) => ({
            value: name,
            label: catalog.object(name)?.title ?? name,
          }))}
          value={object}
          disabled={disabled ?? false}
          onChange={(name) => onChange(name === null ? null : { object: name, id: "" })}
        />
      )}
      <Typeahead
        {...props}
        field={{ ...field, target: object }}
        value={chosen?.id || null}
        onChange={(id) => onChange(typeof id === "string" ? { object, id } : null)}
      />
    </div>
  );
}

/** A record of one of several objects. */
export const link: FieldLook = {
  Display: RecordLink,
  Input: Entry,
  text: (value, { included, t }) => nameOf(targetOf(value), included) ?? t("field.unseenRecord"),
  operators: ["empty", "filled"],
  literal: quoted,
  width: "normal",
  unsortable: true,
};
