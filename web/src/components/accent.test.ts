import { describe, expect, it } from "vitest";
import { contrast, isColour, readable } from "@/lib/accent";
import { colours, type Scheme } from "@/styles/tokens";
import { accented } from "./accent";

const steps = ["00", "33", "66", "80", "99", "cc", "ff"];
const accents = steps.flatMap((red) =>
  steps.flatMap((green) => steps.map((blue) => `#${red}${green}${blue}`)),
);

describe("the colours that follow from an accent", () => {
  it.each(["light", "dark"] satisfies Scheme[])("are read in the %s scheme", (scheme) => {
    for (const accent of accents) {
      const c = { ...colours[scheme], ...accented(scheme, accent) };
      const pairs = [
        [c["brand-text"], c.brand],
        [c["brand-text"], c["brand-hover"]],
        [c.link, c.bg],
        [c.link, c["bg-subtle"]],
        [c.link, c["bg-raised"]],
        [c.link, c["bg-hover"]],
        [c.link, c["bg-selected"]],
        [c.text, c["bg-selected"]],
        [c["text-2"], c["bg-selected"]],
        [c["text-3"], c["bg-selected"]],
      ] as const;
      for (const [text, ground] of pairs) {
        expect(contrast(text, ground), `${accent}: ${text} on ${ground}`).toBeGreaterThanOrEqual(
          readable,
        );
      }
    }
  });

  it("are the accent itself where it can be read", () => {
    expect(accented("light", "#0b5f55").brand).toBe("#0b5f55");
  });

  it("are the product's own without one", () => {
    expect(accented("dark", "")).toEqual({});
  });
});

describe("a colour", () => {
  it("is six digits behind a hash", () => {
    expect(["#2F54c9", "#fff", "red", "#2f54c9;", ""].map(isColour)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
