import { describe, expect, it } from "vitest";
import type { Change } from "@/api/types";
import { sinceOf } from "./use-days-since";

const change = (at: string, action: Change["action"], after: Change["after"]) =>
  ({ at, action, after }) as Change;

describe("the time since which a record has its stage", () => {
  it("is that of its last move, whatever was changed later", () => {
    const changes = [
      change("2026-11-20T00:00:00Z", "update", { name: "Other" }),
      change("2026-11-12T00:00:00Z", "update", { stage: "contract" }),
      change("2026-11-01T00:00:00Z", "create", { name: "Deal", stage: "contacted" }),
    ];
    expect(sinceOf(changes, "stage")).toBe("2026-11-12T00:00:00Z");
  });

  it("is that of its creation while it was never moved, also where it began without one", () => {
    const made = change("2026-11-01T00:00:00Z", "create", { name: "Deal" });
    expect(sinceOf([made], "stage")).toBe("2026-11-01T00:00:00Z");
  });

  it("is not told where the history begins later", () => {
    expect(sinceOf([change("2026-11-20T00:00:00Z", "update", { name: "x" })], "stage")).toBeNull();
  });
});
