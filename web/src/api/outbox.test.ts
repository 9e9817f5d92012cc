import { beforeEach, describe, expect, it } from "vitest";
import { leadAnswer } from "@/testing/lead";
import { problem, serve } from "@/testing/server";
import { conflictsOf, deliver, ownOutbox } from "./outbox";

const write = { kind: "update", object: "lead", record: "r1", name: "Zhang Wei" } as const;

beforeEach(() => ownOutbox("u1"));

describe("a write", () => {
  it("goes to the server at once, with a key and the version that it was made from", async () => {
    const asked = serve(() => ({ body: leadAnswer({ status: "lost" }, 2) }));
    const base = { version: 1, values: {} };
    const { waits, answer } = await deliver({ ...write, values: { status: "lost" }, base }, "k1");
    expect([waits, answer?.data.version]).toEqual([false, 2]);
    expect(asked[0]?.headers.get("Idempotency-Key")).toBe("k1");
    expect(asked[0]?.headers.get("If-Match")).toBe('"1"');
  });

  it("that is refused is its writer's to mend, and does not wait", async () => {
    serve(() => problem(422, "invalid_values"));
    const base = { version: 1, values: {} };
    await expect(deliver({ ...write, values: { name: null }, base })).rejects.toThrow("refused");
  });
});

describe("a conflict", () => {
  it("is only what both have changed, to something else", () => {
    const base = { version: 1, values: { name: "Zhang Wei", status: "new", visits: 3 } };
    const values = { name: "Zhang", status: "lost", visits: 4 };
    const current = leadAnswer({ name: "Zhang W.", status: "lost", visits: 3 }, 2);
    expect(conflictsOf({ ...write, values, base }, current)).toEqual(["name"]);
  });
});
