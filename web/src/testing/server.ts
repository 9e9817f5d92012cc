import { vi } from "vitest";

/** What a pretended server was asked. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly search: URLSearchParams;
  readonly headers: Headers;
  readonly body: unknown;
}

/** What it answers; a status other than 200 makes it a problem. */
export interface Answer {
  readonly status?: number;
  readonly body?: unknown;
}

/** Stands in for the server; what it was asked is kept in order. */
export function serve(answer: (asked: Asked) => Answer | Promise<Answer>): Asked[] {
  const log: Asked[] = [];
  vi.stubGlobal("fetch", async (address: string, init: RequestInit = {}) => {
    const url = new URL(address, "http://localhost");
    const asked: Asked = {
      method: init.method ?? "GET",
      path: url.pathname.replace("/api/v1", ""),
      search: url.searchParams,
      headers: new Headers(init.headers),
      body: typeof init.body === "string" ? JSON.parse(init.body) : init.body,
    };
    log.push(asked);
    const { status = 200, body } = await answer(asked);
    return new Response(status === 204 ? null : JSON.stringify(body ?? {}), { status });
  });
  return log;
}

/** A refusal, as the server words it. */
export function problem(status: number, code: string, errors: readonly object[] = []): Answer {
  const detail = `It was refused: ${code}.`;
  return { status, body: { title: "", status, code, detail, request_id: "R1", errors } };
}
