import { describe, expect, it } from "vitest";
import type { RecordQuery } from "@/api/records";
import { opposite, PageLocator, pageSize } from "./page-locator";

const records = Array.from({ length: 100_000 }, (_, index) => ({ id: `${index}`, version: 1 }));

/** A server with the real one's limits: offsets to ten thousand, cursors beyond. */
function server() {
  const asked: RecordQuery[] = [];
  const list = async (query: RecordQuery) => {
    asked.push(query);
    const { offset = 0, limit = 50, cursor, sort } = query;
    if (offset > 10_000 || limit > 1_000) throw new Error("refused");
    const ordered = sort?.[0] === "-n" ? records.toReversed() : records;
    const start = cursor ? Number(cursor) : offset;
    const end = start + limit;
    const next = end < records.length ? `${end}` : null;
    return { data: ordered.slice(start, end), page: { next } };
  };
  return { asked, locator: new PageLocator(list, ["n"], () => records.length) };
}

const first = async (locator: PageLocator, page: number) => (await locator.page(page)).data[0]?.id;

describe("the page locator", () => {
  it("finds every page, wherever it is", async () => {
    const { locator } = server();
    for (const page of [0, 1, 99, 100, 101, 250, 500, 700, 899, 900, 998, 999]) {
      expect(await first(locator, page)).toBe(`${page * pageSize}`);
    }
  });

  it("reaches the end in one request", async () => {
    const { locator, asked } = server();
    const last = await locator.page(999);
    expect(last.data.at(-1)?.id).toBe("99999");
    expect(asked).toHaveLength(1);
  });

  it("goes the way to the middle once", async () => {
    const { locator, asked } = server();
    await locator.page(500);
    const way = asked.length;
    expect(way).toBeLessThanOrEqual(42);
    await locator.page(501);
    await locator.page(510);
    expect(asked.length - way).toBeLessThanOrEqual(3);
  });

  it("fetches nothing but ids on the way", async () => {
    const { locator, asked } = server();
    await locator.page(300);
    expect(asked.slice(0, -1).every((query) => query.fields?.join() === "id")).toBe(true);
  });

  it("turns an order round", () => {
    expect(opposite(["-created_at", "name"])).toEqual(["created_at", "-name"]);
  });
});
