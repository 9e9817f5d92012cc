/** Where writes wait that could not be sent: in this browser's database, apart for each person. */
import { isKeptAside } from "@/lib/kept";
import type { Problem, Values } from "./types";

/** A write as a person thinks of it. */
export interface Write {
  readonly kind: "create" | "update" | "comment";
  readonly object: string;
  /** The record that is changed or spoken about; a new one has none yet. */
  readonly record?: string;
  /** What it is called. */
  readonly name: string;
  /** What is written; of a comment, its text. */
  readonly values: Values;
  /** What a change was made from. */
  readonly base?: { readonly version: number; readonly values: Values };
  /** The record that a new one is about. */
  readonly about?: { readonly object: string; readonly id: string };
  /** Whether what looks like a duplicate is none. */
  readonly confirmed?: boolean;
}

/** A write that waits, or was refused. */
export interface Waiting extends Write {
  /** Its place in the order. */
  readonly id: number;
  readonly person: string;
  /** The Idempotency-Key under which it is sent, however often. */
  readonly key: string;
  readonly at: string;
  /** Why the server refused it; until a person has decided, it is not sent again. */
  readonly problem?: Problem | undefined;
}

const database = "trellis";
const table = "outbox";
const byPerson = "person";

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(database, 1);
    asked.onupgradeneeded = () => {
      const made = asked.result.createObjectStore(table, { keyPath: "id", autoIncrement: true });
      made.createIndex(byPerson, byPerson);
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => {
      opened = undefined;
      reject(asked.error);
    };
  });
  return opened;
}

/** Does something with the table, and gives its answer once it is written for good. */
async function within<T>(
  mode: IDBTransactionMode,
  act: (kept: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const transaction = (await open()).transaction(table, mode, { durability: "strict" });
  return new Promise((resolve, reject) => {
    const asked = act(transaction.objectStore(table));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

/**
 * Whether writes can wait here: they are kept, and only one page at a time sends them. Who looks as
 * somebody else writes nothing, and sends nothing of what waits.
 */
export function canWait(): boolean {
  return !isKeptAside() && "indexedDB" in globalThis && "locks" in navigator;
}

/** What waits for a person, in the order in which it was written. */
export async function readWaiting(person: string): Promise<readonly Waiting[]> {
  if (!canWait() || person === "") return [];
  return within<Waiting[]>("readonly", (kept) => kept.index(byPerson).getAll(person));
}

/** Puts a write last. */
export async function addWaiting(waiting: Omit<Waiting, "id">): Promise<void> {
  await within("readwrite", (kept) => kept.add(waiting));
}

/** Writes one again, in its place. */
export async function putWaiting(waiting: Waiting): Promise<void> {
  await within("readwrite", (kept) => kept.put(waiting));
}

/** Forgets one. */
export async function dropWaiting(id: number): Promise<void> {
  await within("readwrite", (kept) => kept.delete(id));
}
