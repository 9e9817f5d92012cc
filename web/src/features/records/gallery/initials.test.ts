import { expect, it } from "vitest";
import { hueOf, initials } from "./initials";

it("stands for a name by two Chinese characters or two first letters", () => {
  expect(initials("云图科技")).toBe("云图");
  expect(initials("maria oliveira santos")).toBe("MO");
  expect(initials("!")).toBe("");
});

it("gives a record the same hue each time", () => {
  expect(hueOf("01a2")).toBe(hueOf("01a2"));
});
