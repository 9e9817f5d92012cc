import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Field } from "@/api/catalog";
import { Fault } from "@/api/fault";
import { useCatalog } from "@/api/meta";
import { useMe } from "@/api/session";
import type { RecordAnswer, Value, Values } from "@/api/types";
import { faultText } from "@/components/fault-view";
import { useDebounced } from "@/lib/use-debounced";
import { emptied } from "./dependents";
import { changedValues, draftPlace, dropDraft, writeDraft } from "./draft";
import {
  type FormFaults,
  findLacks,
  isWrong,
  type Messages,
  noFaults,
  placeFaults,
  withoutField,
} from "./faults";
import { type FormField, fieldsOf } from "./form-model";
import { useDrafts } from "./use-drafts";
import { useFormRules } from "./use-form-rules";

const draftAfter = 400;

/** How a form begins, and how much of it is asked for. */
export interface FormStart {
  /** What was typed elsewhere and goes on here. */
  readonly typed?: Values | undefined;
  /** The fields that are asked for; the others come when they are needed. */
  readonly only?: readonly string[];
}

/** A record being entered: its values, what is wrong with them, and the draft kept of them. */
export function useRecordForm(
  object: string,
  record: RecordAnswer | null,
  initial: Values,
  start: FormStart = {},
) {
  const { t } = useTranslation();
  const catalog = useCatalog();
  const me = useMe();
  const place = draftPlace(me.id, object, record?.data.id ?? "new");
  const drafts = useDrafts(place, start.typed === undefined);
  const [typed, setTyped] = useState<Values>(start.typed ?? {});
  const [notes, setNotes] = useState<Messages>({});
  const [faults, setFaults] = useState<FormFaults>(noFaults);
  const [attempts, setAttempts] = useState(0);
  const [resets, setResets] = useState(0);

  const values = useMemo(() => ({ ...initial, ...typed }), [initial, typed]);
  const { parts: whole, required, locked } = useFormRules(object, record, values);
  const isAsked = (item: FormField) =>
    !start.only ||
    start.only.includes(item.field.name) ||
    required(item) ||
    item.field.name in typed ||
    isWrong(faults.fields, item.field.name);
  const parts = whole.map((part) => ({ ...part, fields: part.fields.filter(isAsked) }));
  const shown = fieldsOf(parts);

  const latest = useRef(values);
  latest.current = values;
  const change = useCallback(
    (name: string, value: Value) => {
      const others = emptied(catalog.fields(object), latest.current, name, value);
      setTyped((before) => ({ ...before, ...others, [name]: value }));
      setNotes((before) => {
        const { [name]: _, ...rest } = before;
        const title = catalog.field(object, name)?.title ?? name;
        const told = Object.keys(others).map((one) => [one, t("form.emptied", { field: title })]);
        return { ...rest, ...Object.fromEntries(told) };
      });
      setFaults((before) => ({ ...before, fields: withoutField(before.fields, name) }));
    },
    [catalog, object, t],
  );

  const changed = changedValues(initial, typed);
  const dirty = Object.keys(changed).length > 0;
  const rested = useDebounced(typed, draftAfter);
  useEffect(() => {
    // Until the person has chosen, the offered draft stays; what is typed beside it is newer.
    if (rested === typed && (!drafts.waits || Object.keys(typed).length > 0)) {
      writeDraft(place, changedValues(initial, typed), new Date());
    }
  }, [place, initial, typed, rested, drafts.waits]);

  const keepDraft = () => writeDraft(place, changed, new Date());
  useEffect(() => {
    // A page that goes takes along what was typed in its last moment.
    const go = () => dirty && keepDraft();
    addEventListener("pagehide", go);
    return () => removeEventListener("pagehide", go);
  });

  const refuse = (found: FormFaults) => {
    setFaults(found);
    setAttempts((count) => count + 1);
  };
  return {
    parts: parts.filter((part) => part.fields.length > 0),
    rules: { required, locked },
    values,
    typed,
    notes,
    faults,
    attempts,
    dirty,
    change,
    resets,
    draft: drafts.offered,
    /** Whether this record is being changed in another tab, too. */
    elsewhere: record !== null && drafts.elsewhere,
    restoreDraft: () => {
      setTyped(drafts.restore());
      setResets((count) => count + 1);
    },
    dropDraft: drafts.drop,
    /** Keeps what was typed up to this moment. */
    keepDraft,
    /** Starts again with nothing typed. */
    reset: () => {
      dropDraft(place);
      setTyped({});
      setNotes({});
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
      const placed = error instanceof Fault ? placeFaults(error, fieldsOf(whole)) : noFaults;
      const none = placed.others.length + Object.keys(placed.fields).length === 0;
      refuse(none ? { fields: {}, others: [faultText(error, t)] } : placed);
    },
    saved: () => dropDraft(place),
  };
}

/** What the hook gives. */
export type RecordFormState = ReturnType<typeof useRecordForm>;

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
