/**
 * The one way to the server. It speaks the caller's language, turns every refusal into a Fault,
 * and when the session has ended it waits until the person has signed in again and then repeats
 * the request, so that nothing typed is lost.
 */

import { setKeptAside } from "@/lib/kept";
import { newId } from "@/lib/new-id";
import { noteReached, noteUnreached } from "@/lib/reach";
import { noteViewed, viewedPerson } from "@/lib/viewing";
import { Fault, unreachable } from "./fault";
import { keepAnswer, keptAnswer } from "./kept-answers";
import type { Problem } from "./types";

const base = "/api/v1";

/** The header that says as whom an answer, or a page, shows the application. */
const viewAs = "View-As";

/** What a request carries beside its path. */
export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly form?: FormData;
  /** Hears how much of a form has gone, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** The language of the answer, where it is not that of the page. */
  readonly language?: string;
  /** Asks only whether what was kept still holds, and gives that if so. */
  readonly confirmKept?: boolean;
  /** For the requests that ask who is signed in: their 401 is an answer. */
  readonly stranger?: boolean;
}

interface Doors {
  language: () => string;
  signInAgain: () => Promise<void>;
  /** Hears that the person may do nothing before he has a second factor. */
  confine: () => void;
}

const doors: Doors = {
  language: () => "en",
  signInAgain: () => Promise.reject(unreachable()),
  confine: () => undefined,
};

/** Tells the client how to learn the language, and what becomes of who may not go on. */
export function connect(given: Partial<Doors>): void {
  Object.assign(doors, given);
}

/** Asks the server and gives its JSON answer; throws a Fault. */
export async function request<T>(
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<T> {
  const answer = await send(method, path, options);
  if (!answer.ok) {
    const refusal = await fault(answer);
    if (refusal.code === "view_as_over") return leaveView();
    if (refusal.code === "second_factor_required") doors.confine();
    // A wrong password is refused likewise, in a session that goes on.
    if (refusal.code !== "unauthorized" || options.stranger) throw refusal;
    await doors.signInAgain();
    return request(method, path, { ...options, stranger: true });
  }
  if (answer.status === 204) return undefined as T;
  return (await answer.json()) as T;
}

/** Asks the server and gives what its answer holds in `data`. */
export async function requestData<T>(
  method: string,
  path: string,
  options?: RequestOptions,
): Promise<T> {
  return (await request<{ data: T }>(method, path, options)).data;
}

/** The address of something that the browser itself fetches, such as a download. */
export function address(path: string): string {
  return base + path;
}

/** A key with which the server executes a repeated write only once. */
export function idempotencyKey(): string {
  return newId();
}

async function send(method: string, path: string, options: RequestOptions): Promise<Response> {
  const headers = new Headers(options.headers);
  headers.set("Accept", "application/json");
  headers.set("Accept-Language", options.language ?? doors.language());
  const viewed = viewedPerson();
  if (viewed) headers.set(viewAs, viewed);
  const init: RequestInit = { method, headers };
  if (options.form) init.body = options.form;
  if (options.body !== undefined) {
    if (!headers.has("Content-Type")) headers.set("Content-Type", "application/json");
    init.body = JSON.stringify(options.body);
  }
  if (options.signal) init.signal = options.signal;
  if (options.form && options.onProgress) {
    return upload(base + path, headers, options.form, options.onProgress, options.signal);
  }
  const whole = path + search(options.query);
  const known = options.confirmKept ? await keptAnswer(whole) : null;
  if (known?.tag) headers.set("If-None-Match", known.tag);
  try {
    const answer = await fetch(base + whole, init);
    noteReached();
    const seen = answer.headers.get(viewAs);
    if (seen) setKeptAside();
    if ((seen || answer.ok) && !noteViewed(seen)) return startAnew();
    if (known && answer.status === 304) return known.response;
    if (method === "GET" && answer.ok && !seen) void keepAnswer(whole, answer.clone());
    return answer;
  } catch (error) {
    if (options.signal?.aborted) throw error;
    const kept = method === "GET" ? await keptAnswer(whole) : null;
    noteUnreached(kept?.at);
    if (kept) return kept.response;
    throw unreachable();
  }
}

/** What is never here: the page is about to be another. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** Another page of this browser looks as somebody else now, or no longer: this one does so, too. */
function startAnew(): Promise<never> {
  location.assign("/");
  return never();
}

/** Ends what is over on the server, and goes on as who is signed in. */
async function leaveView(): Promise<never> {
  const viewed = viewedPerson();
  const headers = new Headers(viewed ? { [viewAs]: viewed } : undefined);
  await fetch(`${base}/session/view_as`, { method: "DELETE", headers });
  return startAnew();
}

/** Sends a form in the older way, because fetch does not tell how much of it has gone. */
function upload(
  url: string,
  headers: Headers,
  form: FormData,
  onProgress: (share: number) => void,
  signal: AbortSignal | undefined,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", url);
    headers.forEach((value, name) => {
      sending.setRequestHeader(name, value);
    });
    sending.upload.onprogress = (event) => onProgress(event.loaded / Math.max(event.total, 1));
    sending.onload = () =>
      resolve(
        new Response(sending.responseText, {
          status: sending.status,
          statusText: sending.statusText,
        }),
      );
    sending.onerror = () => reject(unreachable());
    sending.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal?.addEventListener("abort", () => sending.abort());
    sending.send(form);
  });
}

function search(query: RequestOptions["query"]): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text && `?${text}`;
}

async function fault(answer: Response): Promise<Fault> {
  const body: unknown = await answer.json().catch(() => null);
  if (isProblem(body)) return new Fault(body, body);
  return new Fault({ title: answer.statusText, status: answer.status, code: "unexpected" }, body);
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "status" in body;
}
