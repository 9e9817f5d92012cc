import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { Fault } from "@/api/fault";
import { useCatalog } from "@/api/meta";
import { useMe } from "@/api/session";
import type { RecordAnswer, Value, Values } from "@/api/types";
import { faultText } from "@/components/fault-view";
import { useDebounced } from "@/lib/use-debounced";
import { changedValues, draftName, dropDraft, readDraft, writeDraft } from "./draft";
import { type FormFaults, findLacks, noFaults, placeFaults } from "./faults";
import { fieldsOf } from "./form-model";
import { useFormRules } from "./use-form-rules";

const draftAfter = 400;

/** A record being entered: its values, what is wrong with them, and the draft kept of them. */
export function useRecordForm(object: string, record: RecordAnswer | null, initial: Values) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const me = useMe();
  const name = draftName(me.id, object, record?.data.id ?? "new");
  const [draft] = useState(() => readDraft(name));
  const [offered, setOffered] = useState(draft !== null);
  const [typed, setTyped] = useState<Values>({});
  const [faults, setFaults] = useState<FormFaults>(noFaults);
  const [attempts, setAttempts] = useState(0);
  const [resets, setResets] = useState(0);

  const values = useMemo(() => ({ ...initial, ...typed }), [initial, typed]);
  const { parts, required, locked } = useFormRules(object, record, values);
  const shown = fieldsOf(parts);

  const change = useCallback(
    (field: string, value: Value) => {
      const others = emptied(catalog.fields(object), field);
      setTyped((before) => ({ ...before, ...others, [field]: value }));
      setFaults((before) => {
        const { [field]: _, ...rest } = before.fields;
        return { ...before, fields: rest };
      });
    },
    [catalog, object],
  );

  const changed = changedValues(initial, typed);
  const dirty = Object.keys(changed).length > 0;
  const rested = useDebounced(typed, draftAfter);
  useEffect(() => {
    // Until the person has chosen, the offered draft stays; what is typed beside it is newer.
    if (!offered || Object.keys(rested).length > 0) {
      writeDraft(name, changedValues(initial, rested), new Date());
    }
  }, [name, initial, rested, offered]);

  const refuse = (found: FormFaults) => {
    setFaults(found);
    setAttempts((count) => count + 1);
  };
  return {
    parts: parts.filter((part) => part.fields.length > 0),
    rules: { required, locked },
    values,
    faults,
    attempts,
    dirty,
    change,
    resets,
    draft: offered ? draft : null,
    restoreDraft: () => {
      setTyped(draft?.values ?? {});
      setOffered(false);
      setResets((count) => count + 1);
    },
    dropDraft: () => {
      dropDraft(name);
      setOffered(false);
    },
    /** Keeps what was typed up to this moment. */
    keepDraft: () => writeDraft(name, changed, new Date()),
    /** Starts again with nothing typed. */
    reset: () => {
      dropDraft(name);
      setTyped({});
      setFaults(noFaults);
      setResets((count) => count + 1);
    },
    /** What is to be saved: changes of what is seen and may be changed; null when something lacks. */
    toSave: (): Values | null => {
      const open = shown.filter((item) => locked(item) === undefined);
      const lacks = findLacks(open, values, required);
      const found = Object.entries(lacks).map(([field, lack]) => [field, t(`form.fault.${lack}`)]);
      if (found.length > 0) {
        refuse({ fields: Object.fromEntries(found), others: [] });
        return null;
      }
      const names = new Set(open.map((item) => item.field.name));
      return Object.fromEntries(Object.entries(changed).filter(([field]) => names.has(field)));
    },
    /** Shows why the server did not save. */
    fail: (error: unknown) => {
      const placed = error instanceof Fault ? placeFaults(error, shown) : noFaults;
      const none = placed.others.length + Object.keys(placed.fields).length === 0;
      refuse(none ? { fields: {}, others: [faultText(error, t)] } : placed);
    },
    saved: () => dropDraft(name),
  };
}

/** The fields that are emptied because what was chosen elsewhere leaves them other options. */
export function emptied(fields: readonly Field[], changed: string): Values {
  const dependent = fields.filter((field) => field.dependsOn === changed && field.can !== "read");
  return Object.fromEntries(dependent.map((field) => [field.name, null]));
}

/** The values a new record begins with. */
export function startingValues(fields: readonly { name: string; default?: Value }[]): Values {
  const given = fields.filter((field) => field.default !== undefined);
  return Object.fromEntries(given.map((field) => [field.name, field.default ?? null]));
}

/**
 * The values that a link to a new record gives, such as the day that was clicked in a calendar. A
 * link to any record is given as object/id.
 */
export function givenValues(fields: readonly Field[], params: URLSearchParams): Values {
  const given = fields.filter((field) => {
    const asText = field.type === undefined || field.type === "string" || field.field === "link";
    return params.has(field.name) && asText && field.can === "write" && field.writable !== false;
  });
  return Object.fromEntries(
    given.map((field) => [field.name, givenValue(field, params.get(field.name) ?? "")]),
  );
}

function givenValue(field: Field, text: string): Value {
  if (text === "" || field.field !== "link") return text || null;
  const [object, id] = text.split("/");
  return object && id ? { object, id } : null;
}
