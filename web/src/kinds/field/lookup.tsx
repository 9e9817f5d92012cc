import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import { lookupQuery } from "@/api/records";
import type { Included } from "@/api/types";
import { Select } from "@/components/select";
import { useDebounced } from "@/lib/use-debounced";
import styles from "./field.module.css";
import { type DisplayProps, type FieldLook, type InputProps, quoted } from "./look";

/** The object that a field's values are records of. */
export function targetOf(field: Field): string {
  return field.target ?? (field.field === "department" ? "department" : "user");
}

function nameOf(field: Field, id: string, included: Included | undefined): string | undefined {
  return included?.[targetOf(field)]?.[id]?.display;
}

function RecordLink({ field, value, included }: DisplayProps) {
  const { t } = useTranslation();
  const id = String(value);
  const name = nameOf(field, id, included);
  if (!name) return <span className={styles.quiet}>{t("field.unseenRecord")}</span>;
  return (
    <Link to={`/o/${targetOf(field)}/${id}`} tabIndex={-1}>
      {name}
    </Link>
  );
}

function Typeahead(props: InputProps) {
  const { field, value, included, onChange, ids, label, onBlur, disabled, testId } = props;
  const catalog = useCatalog();
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState(false);
  const target = targetOf(field);
  const text = useDebounced(typed, 200);
  const found = useQuery({
    ...lookupQuery(target, catalog.display(target), text),
    enabled: asked,
  });
  const id = value === null ? null : String(value);
  const choices = (found.data ?? []).map((one) => ({ value: one.id, label: one.display }));
  const known = id !== null && choices.some((choice) => choice.value === id);
  const current =
    id !== null && !known ? [{ value: id, label: nameOf(field, id, included) ?? id }] : [];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notices that the control is about to be used
    <div onFocus={() => setAsked(true)} onPointerEnter={() => setAsked(true)}>
      <Select
        {...(ids && { ids })}
        {...(label && { label })}
        {...(onBlur && { onBlur })}
        {...(testId && { testId })}
        choices={typed ? choices : [...current, ...choices]}
        value={id}
        clear
        begin={props.begin ?? false}
        loading={found.isFetching}
        disabled={disabled ?? false}
        onSearch={setTyped}
        onChange={(chosen) => {
          setTyped("");
          onChange(chosen);
        }}
      />
    </div>
  );
}

/** A record of another object. */
export const lookup: FieldLook = {
  chosen: true,
  Display: RecordLink,
  Input: Typeahead,
  text: (value, { field, included, t }) => {
    return nameOf(field, String(value), included) ?? t("field.unseenRecord");
  },
  operators: ["equals", "notEquals", "empty", "filled"],
  literal: quoted,
  width: "normal",
};

/** A person. */
export const user: FieldLook = {
  ...lookup,
  operators: ["isMe", "equals", "notEquals", "empty", "filled"],
};

/** A part of the organisation. */
export const department: FieldLook = { ...lookup };
