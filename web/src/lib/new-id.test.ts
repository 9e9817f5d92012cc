import { expect, it } from "vitest";
import { newId } from "./new-id";

it("is a random UUID, another one each time", () => {
  const some = Array.from({ length: 100 }, newId);
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(some.filter((id) => !form.test(id))).toEqual([]);
  expect(new Set(some).size).toBe(some.length);
});
