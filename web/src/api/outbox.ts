/**
 * Writes that outlast a lost connection: one that cannot reach the server waits in this browser and
 * is sent when it can, once, in order, by one page only. What the server then refuses stays, with the
 * reason, until its person has decided.
 */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { sameValue } from "@/lib/same-value";
import { idempotencyKey, request } from "./client";
import { Fault } from "./fault";
import { keys } from "./keys";
import {
  addWaiting,
  canWait,
  dropWaiting,
  putWaiting,
  readWaiting,
  type Waiting,
  type Write,
} from "./outbox-store";
import { createRecord, updateRecord } from "./records";
import { useMaybeMe } from "./session";
import { addComment } from "./timeline";
import type { Me, RecordAnswer } from "./types";

export type { Waiting, Write } from "./outbox-store";

const lock = "outbox";
const channel = "outbox";

/** What became of a write: the server's answer, or it waits. */
export interface Delivery {
  readonly waits: boolean;
  /** The record as it is now, where the write was one of a record. */
  readonly answer?: RecordAnswer;
}

/** Whose page this is; another page of this browser may have become somebody else's. */
let own = "";

/** Says whose page this is. */
export function ownOutbox(person: string): void {
  own = person;
}

const listeners = new Set<() => void>();
const others = "BroadcastChannel" in globalThis ? new BroadcastChannel(channel) : undefined;
others?.addEventListener("message", () => tell());

function tell(): void {
  for (const listener of listeners) listener();
}

function changed(): void {
  tell();
  others?.postMessage("changed");
}

/** Hears of every change of what waits, in this page and in others. */
export function listenForWaiting(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What waits for a person. */
export function outboxQuery(person: string) {
  return queryOptions({
    queryKey: keys.outbox(person),
    queryFn: () => readWaiting(person),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

const none: readonly Waiting[] = [];

/** What waits for the person who is signed in. */
export function useOutbox(): readonly Waiting[] {
  return useQuery(outboxQuery(useMaybeMe()?.id ?? "")).data ?? none;
}

/**
 * Sends a write, or has it wait when the server is out of reach. What waits already goes first.
 * Any other fault is the caller's.
 */
export async function deliver(write: Write, key = idempotencyKey()): Promise<Delivery> {
  const person = own;
  if (!canWait() || person === "") return perform(write, key);
  const earlier = (await readWaiting(person)).filter(isUnsent);
  if (navigator.onLine && earlier.length > 0) await sendWaiting(person);
  const later = after(earlier, write);
  if (!(await readWaiting(person)).some(isUnsent)) {
    try {
      return await perform(later === write ? write : ((await rebase(later)) ?? later), key);
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== "unreachable") throw error;
    }
  }
  await addWaiting({ ...later, person, key, at: new Date().toISOString() });
  changed();
  return { waits: true };
}

const isUnsent = (one: Waiting) => one.problem === undefined;

/** A write as it is once what its person has written earlier is: made from that, not beside it. */
function after(earlier: readonly Waiting[], write: Write): Write {
  const { base, record } = write;
  const own = earlier.filter((one) => one.kind === "update" && one.record === record);
  if (!base || own.length === 0) return write;
  const values = Object.assign({}, base.values, ...own.map((one) => one.values));
  return { ...write, base: { version: base.version, values } };
}

/** Sends what waits for a person. */
export async function sendWaiting(person: string): Promise<void> {
  if (!canWait() || person === "") return;
  await navigator.locks.request(lock, async () => {
    for (;;) {
      // Another page may have sent some, and its person may have decided on others.
      const next = (await readWaiting(person)).find(isUnsent);
      if (!next || !(await isHere(person)) || !(await attempt(next))) return;
      changed();
    }
  });
}

/** Whether the session is still this person's: somebody else must not send what is not his. */
async function isHere(person: string): Promise<boolean> {
  const asked = request<{ data: Me | null }>("GET", "/session", { stranger: true });
  return (await asked.catch(() => null))?.data?.id === person;
}

/** Sends one; gives whether it came to anything, be it a refusal. */
async function attempt(one: Waiting): Promise<boolean> {
  try {
    await perform(one, one.key);
    await dropWaiting(one.id);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (isPassing(error)) return false;
    const rebased = error.status === 412 ? await rebase(one) : null;
    await putWaiting(
      rebased ? { ...rebased, key: idempotencyKey() } : { ...one, problem: error.problem },
    );
  }
  return true;
}

/** A change of what others have left alone goes onto the record as it is now; otherwise null. */
async function rebase<W extends Write>(one: W): Promise<W | null> {
  const { base, values } = one;
  const current = await currentOf(one);
  if (!base || !current || current.data.version === base.version) return null;
  if (conflictsOf(one, current).length > 0) return null;
  const before = Object.keys(values).map((name) => [name, current.data[name] ?? null] as const);
  const { version } = current.data;
  return { ...one, base: { version, values: Object.fromEntries(before) } };
}

/** The record that a write is about, as it is now. */
export function currentOf({ object, record = "" }: Write): Promise<RecordAnswer | null> {
  return request<RecordAnswer>("GET", `/records/${object}/${record}`).catch(() => null);
}

/** The fields of a write that somebody else has changed since, to something else. */
export function conflictsOf({ base, values }: Write, current: RecordAnswer): readonly string[] {
  return Object.keys(values).filter((name) => {
    const theirs = current.data[name];
    return !sameValue(base?.values[name], theirs) && !sameValue(values[name], theirs);
  });
}

/** Decides on what was refused: it is sent again, as another write, with what is given here. */
export async function resend(one: Waiting, change: Partial<Write> = {}): Promise<void> {
  await putWaiting({ ...one, ...change, key: idempotencyKey(), problem: undefined });
  changed();
}

/** Takes one out of the outbox, and gives the way back into its place. */
export async function discard(one: Waiting): Promise<() => Promise<void>> {
  await dropWaiting(one.id);
  changed();
  return async () => {
    await putWaiting(one);
    changed();
  };
}

/** Empties the outbox of a person. */
export async function discardAll(person: string): Promise<void> {
  for (const { id } of await readWaiting(person)) await dropWaiting(id);
  changed();
}

function isPassing({ status }: Fault): boolean {
  return status === 0 || status === 429 || status >= 502;
}

async function perform(write: Write, key: string): Promise<Delivery> {
  const { kind, object, record = "", values, base, confirmed = false } = write;
  switch (kind) {
    case "create":
      return { waits: false, answer: await createRecord(object, values, key, confirmed) };
    case "update": {
      const version = base?.version ?? 0;
      const answer = await updateRecord(object, record, version, values, confirmed, key);
      return { waits: false, answer };
    }
    case "comment":
      await addComment(object, record, String(values.text), key);
      return { waits: false };
  }
}
