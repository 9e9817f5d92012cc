import { afterEach, describe, expect, it, vi } from "vitest";
import { problem, serve } from "@/testing/server";
import { connect, request } from "./client";
import { Fault } from "./fault";

afterEach(() => vi.unstubAllGlobals());

describe("the client", () => {
  it("speaks the page's language", async () => {
    connect({ language: () => "zh-CN" });
    const log = serve(() => ({ body: {} }));
    await request("GET", "/meta");
    expect(log[0]?.headers.get("Accept-Language")).toBe("zh-CN");
  });

  it("makes a refusal a fault, with the server's words and reference", async () => {
    serve(() => problem(422, "invalid_values", [{ pointer: "/a", code: "b", message: "C" }]));
    const error = await request("POST", "/records/lead", { body: {} }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(Fault);
    expect(error).toMatchObject({
      code: "invalid_values",
      status: 422,
      message: "It was refused: invalid_values.",
      items: [{ pointer: "/a", message: "C" }],
    });
  });

  it("waits for the person to sign in again, and then repeats the request", async () => {
    let signedIn = false;
    connect({
      signInAgain: async () => {
        signedIn = true;
      },
    });
    const log = serve(() => (signedIn ? { body: { data: 1 } } : problem(401, "unauthorized")));
    expect(await request("PATCH", "/records/lead/1", { body: { a: 1 } })).toEqual({ data: 1 });
    expect(log.map((asked) => asked.body)).toEqual([{ a: 1 }, { a: 1 }]);
  });

  it("tells apart a server that is not there", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    await expect(request("GET", "/meta")).rejects.toMatchObject({ code: "unreachable" });
  });
});
