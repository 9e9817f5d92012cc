import { expect, it } from "vitest";
import { stagesOf, waitsTooLong } from "./model";

const options = [
  { const: "talk", title: "Talk" },
  { const: "offer", title: "Offer" },
  { const: "lost", title: "Lost", category: "lost", final: true },
  { const: "won", title: "Won", category: "won", final: true },
];

it("goes stage by stage, and from the last to the good end", () => {
  expect(stagesOf(options, "talk").next?.const).toBe("offer");
  expect(stagesOf(options, "offer").next?.const).toBe("won");
});

it("goes nowhere from an end, which is the last step", () => {
  const { at, steps, next } = stagesOf(options, "lost");
  expect({ at, steps, next }).toEqual({ at: 2, steps: 3, next: undefined });
});

it("begins with the first stage when there is none yet", () => {
  expect(stagesOf(options, "")).toMatchObject({ at: -1, next: { const: "talk" } });
});

it("keeps a stage that is no longer offered while the record is in it", () => {
  const old = { const: "old", title: "Old", active: false };
  expect(stagesOf([...options, old], "old").current).toBe(old);
  expect(stagesOf([...options, old], "talk").way).toHaveLength(2);
});

it("says that a record waits too long from the day after the last that its stage gives", () => {
  const stage = { const: "talk", title: "Talk", staleAfter: 14 };
  expect([14, 15].map((days) => waitsTooLong(stage, days))).toEqual([false, true]);
  expect(waitsTooLong({ const: "won", title: "Won" }, 1000)).toBe(false);
});
