import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { useCatalog } from "@/api/meta";
import { lookupQuery } from "@/api/records";
import { Select } from "@/components/select";
import { targetOf } from "@/kinds/field/lookup";
import { useDebounced } from "@/lib/use-debounced";
import { useRecordName } from "./cell-text";

const linking: readonly string[] = ["lookup", "lookups", "user", "department"];

/** The object to whose records a field points, if it is such a field. */
export function linkTarget(field: Field): string | null {
  return linking.includes(field.field) ? targetOf(field) : null;
}

/** What a name in a lookup's column means: a record, nothing, or one to be made. */
export type LinkMeaning =
  | { readonly record: string }
  | { readonly empty: true }
  | { readonly create: true };

// Neither can be an id.
const empty = "-";
const create = "+";

interface LinkChoiceProps {
  readonly field: Field;
  /** What the cells say. */
  readonly name: string;
  /** Whether several records are called so. */
  readonly several?: boolean;
  readonly value: LinkMeaning | null;
  readonly onChange: (meaning: LinkMeaning | null) => void;
  readonly testId?: string;
}

/** Chooses what a name in a lookup's column means. */
export function LinkChoice(props: LinkChoiceProps) {
  const { field, name, several = false, value, onChange, testId } = props;
  const { t } = useTranslation();
  const catalog = useCatalog();
  const target = targetOf(field);
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState(false);
  const text = useDebounced(typed, 200);
  const found = useQuery({
    ...lookupQuery(target, catalog.display(target), text),
    enabled: asked,
  });
  const chosen = value && "record" in value ? value.record : "";
  const chosenName = useRecordName(target, chosen);
  const records = (found.data ?? []).map((one) => ({ value: one.id, label: one.display }));
  const known = chosen === "" || records.some((one) => one.value === chosen);
  const makes = !several && name.trim() !== "" && Boolean(catalog.object(target)?.can?.create);
  const choices = [
    { value: empty, label: t("import.empty") },
    ...(makes ? [{ value: create, label: t("import.createRecord", { name: name.trim() }) }] : []),
    ...(known ? [] : [{ value: chosen, label: chosenName ?? t("import.recordId") }]),
    ...records,
  ];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only notices that the control is about to be used
    <div onFocus={() => setAsked(true)} onPointerEnter={() => setAsked(true)}>
      <Select
        label={t("import.recordFor", { value: name })}
        value={value && ("record" in value ? value.record : "create" in value ? create : empty)}
        choices={typed ? records : choices}
        clear
        loading={found.isFetching}
        placeholder={t("import.undecided")}
        onSearch={setTyped}
        onChange={(next) => {
          setTyped("");
          onChange(meaningOf(next));
        }}
        {...(testId && { testId })}
      />
    </div>
  );
}

function meaningOf(choice: string | null): LinkMeaning | null {
  if (choice === null) return null;
  if (choice === empty) return { empty: true };
  return choice === create ? { create: true } : { record: choice };
}
