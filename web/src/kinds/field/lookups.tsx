import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import { lookupQuery } from "@/api/records";
import type { Included } from "@/api/types";
import { MultiSelect } from "@/components/select";
import { useDebounced } from "@/lib/use-debounced";
import styles from "./field.module.css";
import { type DisplayProps, type FieldLook, type InputProps, quoted } from "./look";
import { codes } from "./select";

function nameOf(field: Field, id: string, included: Included | undefined): string | undefined {
  return included?.[field.target ?? "user"]?.[id]?.display;
}

function RecordLinks({ field, value, included }: DisplayProps) {
  const { t } = useTranslation();
  return (
    <span className={styles.tags}>
      {codes(value).map((id) => (
        <Link key={id} to={`/o/${field.target}/${id}`} tabIndex={-1}>
          {nameOf(field, id, included) ?? t("field.unseenRecord")}
        </Link>
      ))}
    </span>
  );
}

function Typeahead(props: InputProps) {
  const { field, value, included, onChange, ids, label, onBlur, disabled, testId } = props;
  const catalog = useCatalog();
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState(false);
  const [names, setNames] = useState<Readonly<Record<string, string>>>({});
  const target = field.target ?? "user";
  const found = useQuery({
    ...lookupQuery(target, catalog.display(target), useDebounced(typed, 200)),
    enabled: asked,
  });
  const chosen = value === null ? [] : codes(value);
  const offered = (found.data ?? []).map((one) => ({ value: one.id, label: one.display }));
  const current = chosen
    .filter((id) => !offered.some((choice) => choice.value === id))
    .map((id) => ({ value: id, label: names[id] ?? nameOf(field, id, included) ?? id }));
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notices that the control is about to be used
    <div onFocus={() => setAsked(true)} onPointerEnter={() => setAsked(true)}>
      <MultiSelect
        {...(ids && { ids })}
        {...(label && { label })}
        {...(onBlur && { onBlur })}
        {...(testId && { testId })}
        choices={[...current, ...offered]}
        value={chosen}
        loading={found.isFetching}
        disabled={disabled ?? false}
        onSearch={setTyped}
        onChange={(next) => {
          setTyped("");
          setNames({ ...names, ...Object.fromEntries(offered.map((o) => [o.value, o.label])) });
          onChange(next.length > 0 ? next : null);
        }}
      />
    </div>
  );
}

/** Any number of records of another object. */
export const lookups: FieldLook = {
  Display: RecordLinks,
  Input: Typeahead,
  text: (value, { field, included, format, t }) =>
    format.list(codes(value).map((id) => nameOf(field, id, included) ?? t("field.unseenRecord"))),
  operators: ["empty", "filled"],
  literal: quoted,
  width: "normal",
  unsortable: true,
};
