import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Fault } from "@/api/fault";
import { keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { deliver } from "@/api/outbox";
import { displayOf, recordQuery, updateRecord } from "@/api/records";
import type { RecordAnswer, Value, Values } from "@/api/types";
import { faultText } from "@/components/fault-view";
import { useToast } from "@/components/toaster";
import { sameValue } from "@/lib/same-value";
import { type Candidate, candidatesOf } from "../form/candidates";

/** A value that was refused, and why. */
export interface CellFault {
  readonly value: Value;
  readonly message: string;
}

/** What a person has to decide before a cell can be saved. */
export type Question = { readonly base: RecordAnswer; readonly values: Values } & (
  | {
      readonly kind: "conflict";
      readonly current: RecordAnswer;
      readonly fields: readonly string[];
    }
  | { readonly kind: "alike"; readonly candidates: readonly Candidate[] }
  | { readonly kind: "lacks"; readonly fields: readonly string[]; readonly reason: string }
);

interface Step {
  readonly id: string;
  readonly before: Values;
  readonly after: Values;
}

/** Takes a step back. */
type Undo = () => Promise<void>;

/** The name of a cell among those of a list. */
export function cellKey(id: string, field: string): string {
  return `${id}/${field}`;
}

/**
 * Saves cells one by one, beside a record that they may be about: shown at once, taken back with the reason when refused, merged with what
 * others changed beside it, and undone one after the other.
 */
export function useCellSaves(object: string, about?: QueryKey) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const catalog = useCatalog();
  const toast = useToast();
  const [pending, setPending] = useState<ReadonlyMap<string, Value>>(new Map());
  const [faults, setFaults] = useState<ReadonlyMap<string, CellFault>>(new Map());
  const [question, setQuestion] = useState<Question | null>(null);
  const [news, setNews] = useState("");
  const steps = useRef<Undo[]>([]);

  /** Has what was changed read anew, with the figures of the record that it is about. */
  const refresh = async () => {
    await client.invalidateQueries({ queryKey: keys.records(object) });
    if (about) await client.invalidateQueries({ queryKey: about });
  };
  const refuse = (id: string, values: Values, message: string) => {
    setNews(message);
    const refused = Object.entries(values).map(
      ([field, value]) => [cellKey(id, field), { value, message }] as const,
    );
    setFaults((before) => new Map([...before, ...refused]));
  };
  const forgive = (id: string, fields: readonly string[]) => {
    setFaults((before) =>
      without(
        before,
        fields.map((field) => cellKey(id, field)),
      ),
    );
  };
  const store = async (base: RecordAnswer, values: Values, confirmed: boolean) => {
    const { id, version } = base.data;
    const name = displayOf(base.data, catalog.display(object));
    const from = { version, values: base.data };
    const write = { object, record: id, name, values, base: from, confirmed };
    try {
      const { answer } = await deliver({ kind: "update", ...write });
      if (!answer) setNews(t("outbox.kept"));
      return answer ?? null;
    } catch (error) {
      if (!(error instanceof Fault) || error.status !== 412) throw error;
      const current = await client.fetchQuery({ ...recordQuery(object, id), staleTime: 0 });
      const fields = Object.keys(values).filter((name) => {
        const theirs = current.data[name];
        return !sameValue(base.data[name], theirs) && !sameValue(values[name], theirs);
      });
      if (fields.length === 0) {
        return await updateRecord(object, id, current.data.version, values, confirmed);
      }
      setQuestion({ kind: "conflict", base, values, current, fields });
      return null;
    }
  };
  const wonder = (base: RecordAnswer, values: Values, error: unknown) => {
    const candidates = candidatesOf(error);
    if (candidates) return setQuestion({ kind: "alike", base, values, candidates });
    const reason = reasonOf(error) || faultText(error, t);
    const fields = fieldsOf(error).filter(
      (name) => !(name in values) && catalog.field(object, name)?.can === "write",
    );
    if (fields.length > 0) setQuestion({ kind: "lacks", base, values, fields, reason });
    else refuse(base.data.id, values, reason);
  };
  const save = async (base: RecordAnswer, values: Values, confirmed = false, note = "") => {
    const { id } = base.data;
    const names = Object.keys(values);
    forgive(id, names);
    setNews("");
    setPending(
      (all) =>
        new Map([
          ...all,
          ...names.map((name) => [cellKey(id, name), values[name] ?? null] as const),
        ]),
    );
    try {
      const saved = await store(base, values, confirmed);
      if (!saved) return;
      const before = Object.fromEntries(names.map((name) => [name, base.data[name] ?? null]));
      const after = Object.fromEntries(names.map((name) => [name, saved.data[name] ?? null]));
      const back = () => takeBack({ id, before, after });
      steps.current.push(back);
      client.setQueryData(recordQuery(object, id).queryKey, saved);
      await refresh();
      setNews(`${t("cell.saved")} ${note}`);
      if (note) {
        const action = { label: t("action.undo"), perform: () => void undo(back) };
        toast({ text: note, action });
      }
    } catch (error) {
      wonder(base, values, error);
    } finally {
      setPending((all) =>
        without(
          all,
          names.map((name) => cellKey(id, name)),
        ),
      );
    }
  };
  const takeBack = async ({ id, before, after }: Step) => {
    try {
      const current = await client.fetchQuery({ ...recordQuery(object, id), staleTime: 0 });
      const same = Object.keys(after).every((name) => sameValue(after[name], current.data[name]));
      if (!same) return setNews(t("cell.changedSince"));
      const saved = await updateRecord(object, id, current.data.version, before, true);
      client.setQueryData(recordQuery(object, id).queryKey, saved);
      await refresh();
      setNews(t("cell.undone"));
    } catch (error) {
      refuse(id, before, reasonOf(error) || faultText(error, t));
    }
  };
  /** Takes a step back, or the last one; each only once. */
  const undo = async (step = steps.current.at(-1)) => {
    if (!step || !steps.current.includes(step)) return setNews(t("cell.nothingToUndo"));
    steps.current = steps.current.filter((one) => one !== step);
    await step();
  };
  return {
    pending,
    faults,
    question,
    news,
    save,
    undo,
    /** Notes a step that was done otherwise. */
    remember: (step: Undo) => void steps.current.push(step),
    say: setNews,
    refresh,
    refuse,
    forgive,
    ask: setQuestion,
    closeQuestion: () => setQuestion(null),
  };
}

/** What the hook gives. */
export type CellSaves = ReturnType<typeof useCellSaves>;

function reasonOf(error: unknown): string {
  return error instanceof Fault ? error.items.map((item) => item.message).join(" ") : "";
}

function fieldsOf(error: unknown): readonly string[] {
  if (!(error instanceof Fault)) return [];
  return [...new Set(error.items.map((item) => item.pointer.split("/")[1] ?? ""))].filter(Boolean);
}

function without<V>(map: ReadonlyMap<string, V>, names: readonly string[]): ReadonlyMap<string, V> {
  const gone = new Set(names);
  return new Map([...map].filter(([name]) => !gone.has(name)));
}
