import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { idempotencyKey } from "@/api/client";
import { keys } from "@/api/keys";
import { useCatalog } from "@/api/meta";
import { deliver } from "@/api/outbox";
import { asText } from "@/api/records";
import type { Values } from "@/api/types";
import { type Candidate, candidatesOf } from "./candidates";
import type { RecordFormState } from "./use-record-form";

/** Records that look like the new one, and which button was pressed. */
export interface Alike {
  readonly candidates: readonly Candidate[];
  readonly another: boolean;
}

/**
 * Saves a new record from a form, once; what looks like a duplicate has to be confirmed first. One that
 * has to wait until the server is in reach has no id yet.
 */
export function useCreate(
  object: string,
  initial: Values,
  form: RecordFormState,
  onCreated: (id: string | null, another: boolean) => void,
) {
  const client = useQueryClient();
  const catalog = useCatalog();
  const [busy, setBusy] = useState(false);
  const [alike, setAlike] = useState<Alike | null>(null);
  const key = useRef(idempotencyKey());

  const save = async (another: boolean, confirmed = false) => {
    if (busy) return;
    setAlike(null);
    const typed = form.toSave();
    if (!typed) return;
    setBusy(true);
    try {
      const defaults = Object.entries(initial).filter(([, value]) => value !== null);
      const values = { ...Object.fromEntries(defaults), ...typed };
      const name = asText(values[catalog.display(object)]);
      const write = { kind: "create", object, name, values, confirmed } as const;
      const { answer } = await deliver(write, key.current);
      key.current = idempotencyKey();
      form.saved();
      void client.invalidateQueries({ queryKey: keys.records(object) });
      onCreated(answer?.data.id ?? null, another);
      if (another) form.reset();
    } catch (error) {
      // A refused request changed nothing: the next one is another.
      key.current = idempotencyKey();
      const candidates = candidatesOf(error);
      if (candidates) setAlike({ candidates, another });
      else form.fail(error);
    } finally {
      setBusy(false);
    }
  };
  return {
    busy,
    save: (another: boolean) => void save(another),
    alike,
    confirm: () => void save(alike?.another ?? false, true),
    dismiss: () => setAlike(null),
  };
}
