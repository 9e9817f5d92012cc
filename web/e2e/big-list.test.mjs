/** A list of a hundred thousand: quick to open, to sort, to reach the end and the middle of. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, soon, start } from "./harness.mjs";

const many = 100_000;
const batch = 10_000;

const { page } = await start();

const definitions = [
  {
    kind: "object",
    name: "sample",
    title: "Sample",
    plural: "Samples",
    type: "object",
    display: "name",
    required: ["name"],
    behaviours: { history: false },
    properties: {
      name: { field: "text", title: "Name", search: true },
      place: { field: "integer", title: "Place", index: true },
      score: { field: "integer", title: "Score", index: true },
      day: { field: "date", title: "Day" },
    },
  },
  {
    kind: "view",
    name: "sample_all",
    object: "sample",
    title: "All",
    type: "table",
    columns: ["name", "place", "score"],
    sort: ["place"],
  },
];

test("a hundred thousand records", { timeout: 300_000 }, async (t) => {
  await api(page, "POST", "/meta/_apply", { definitions });
  for (let from = 0; from < many; from += batch) {
    const operations = Array.from({ length: batch }, (_, index) => ({
      op: "create",
      values: {
        name: `样本 ${from + index}`,
        place: from + index,
        score: (from + index) % 997,
        day: new Date(((from + index) % 1_500) * 86_400_000).toISOString().slice(0, 10),
      },
    }));
    await api(page, "POST", "/records/sample/_batch", { operations });
  }
  const cell = (row, column) => page.locator(`[data-cell="${row}:${column}"]`);
  // How long things take is told, not judged: a busy machine is no mistake.
  const timed = async (what, work) => {
    const started = performance.now();
    await work();
    const took = Math.round(performance.now() - started);
    t.diagnostic(`${what}: ${took} ms`);
  };
  await page.goto("/o/sample");
  await cell(0, 1).getByText("样本 0", { exact: true }).waitFor();

  await t.test("are open at once", async () => {
    await page.goto("/settings/keys");
    await at(page, "keys.new").waitFor();
    await timed("first rows", async () => {
      await page.goto("/o/sample");
      await cell(0, 1).getByText("样本 0", { exact: true }).waitFor();
    });
    await at(page, "list.total").filter({ hasText: "100,000" }).waitFor();
    await soon(async () =>
      assert.equal(await page.getByRole("grid").getAttribute("aria-rowcount"), "100001"),
    );
  });

  await t.test("are left and reached at their end", async () => {
    await cell(0, 1).focus();
    await timed("the end", async () => {
      await page.keyboard.press("Control+End");
      await cell(99_999, 1).getByText("样本 99999", { exact: true }).waitFor();
    });
    const row = page.locator('[aria-rowindex="100001"]');
    await soon(async () => assert.equal(await row.count(), 1));
    await page.keyboard.press("Control+Home");
    await cell(0, 1).getByText("样本 0", { exact: true }).waitFor();
  });

  await t.test("are reached in their middle", async () => {
    await timed("the middle", async () => {
      await page.getByRole("grid").evaluate((grid) => {
        grid.parentElement.scrollTop = 50_000 * 40;
      });
      await cell(50_000, 1).getByText("样本 50000", { exact: true }).waitFor();
    });
    assert.ok((await page.locator('[role="row"]').count()) < 120);
  });

  await t.test("are sorted and filtered", async () => {
    await page.goto("/o/sample");
    await cell(0, 1).getByText("样本 0", { exact: true }).waitFor();
    await timed("a sort", async () => {
      await at(page, "column.score").click();
      await at(page, "column.score").click();
      await cell(0, 3).getByText("996").waitFor();
    });
    await timed("a filter", async () => {
      await page.goto("/o/sample?where=score+%3D%3D+5");
      await at(page, "list.total").filter({ hasText: "101" }).waitFor();
    });
  });

  await t.test("say when they stand in more groups than are shown", async () => {
    await page.goto("/o/sample?where=&group=day:day");
    await page.locator("[data-heading]").first().waitFor();
    await at(page, "list.groupsCut").filter({ hasText: "1,000" }).waitFor();
  });

  await t.test("scroll through their first screens", async () => {
    await page.goto("/o/sample?where=");
    await cell(0, 1).getByText("样本 0", { exact: true }).waitFor();
    const long = await page.evaluate(async () => {
      const tasks = [];
      new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({
        type: "longtask",
      });
      const scroller = document.querySelector("[role=grid]").parentElement;
      for (let step = 0; step < 60; step++) {
        scroller.scrollTop += 400;
        await new Promise(requestAnimationFrame);
      }
      await new Promise((done) => setTimeout(done, 300));
      return tasks.filter((task) => task.duration > 100).length;
    });
    t.diagnostic(`pauses of more than 100 ms while scrolling: ${long}`);
    assert.ok((await page.locator('[role="row"]').count()) < 120);
  });
  page.assertClean();
});
