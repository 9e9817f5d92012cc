/**
 * The answers that this browser keeps for one person, to show when the server is out of reach: the
 * definitions, the records opened last and the first pages of lists. They go with the session.
 */
import { forget, keep, readKept } from "@/lib/kept";

const prefix = "answers-";
const personKept = "person";
const keptAt = "x-kept-at";
const keptTag = "x-kept-tag";
const most = 400;
const trimmedEvery = 50;
const elsewhere =
  /^\/(search|files|exports|imports|events|changes|tokens|setup)\b|[?&](cursor|offset)=/;

let writes = 0;

/** An answer from before, and of when it is. */
export interface KeptAnswer {
  readonly response: Response;
  readonly at: string;
  /** By which the server knows it again; empty where it does not say so. */
  readonly tag: string;
}

/** Whose answers are kept here: who was signed in last, and has not signed out. */
export function keptPerson(): string | null {
  return readKept(personKept);
}

function place(): string | null {
  const person = keptPerson();
  return person && "caches" in globalThis ? prefix + person : null;
}

/** Keeps an answer, where it is one to be shown again. */
export async function keepAnswer(path: string, answer: Response): Promise<void> {
  const name = place();
  if (!name || elsewhere.test(path)) return;
  try {
    const headers = {
      "Content-Type": "application/json",
      [keptAt]: new Date().toISOString(),
      [keptTag]: answer.headers.get("ETag") ?? "",
    };
    const body = await answer.blob();
    if (place() !== name) return; // the person has left meanwhile
    const cache = await caches.open(name);
    await cache.put(`/kept${path}`, new Response(body, { headers }));
    writes += 1;
    if (writes % trimmedEvery === 0) await trim(cache);
  } catch {
    // A browser that keeps nothing is still a browser; an answer may also be cut short.
  }
}

async function trim(cache: Cache): Promise<void> {
  const all = await cache.keys();
  await Promise.all(all.slice(0, Math.max(0, all.length - most)).map((one) => cache.delete(one)));
}

/** The answer that was kept for a path. */
export async function keptAnswer(path: string): Promise<KeptAnswer | null> {
  const name = place();
  if (!name) return null;
  const response = await caches.match(`/kept${path}`, { cacheName: name }).catch(() => undefined);
  if (!response) return null;
  const { headers } = response;
  return { response, at: headers.get(keptAt) ?? "", tag: headers.get(keptTag) ?? "" };
}

/** Whose answers are kept from now on; whatever belongs to anybody else goes. */
export async function keepFor(person: { readonly id: string } | null): Promise<void> {
  if (keptPerson() !== (person?.id ?? null)) forget("recent");
  keep(personKept, person?.id ?? null);
  if (!("caches" in globalThis)) return;
  try {
    const own = place();
    const names = await caches.keys();
    const others = names.filter((name) => name.startsWith(prefix) && name !== own);
    await Promise.all(others.map((name) => caches.delete(name)));
  } catch {
    // As above.
  }
  if (person) await keepAnswer("/session", Response.json({ data: person }));
}
