/** A filter that is built of rows: counted before it is applied, kept in the address, taken back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, choose, openPage, soon, start } from "./harness.mjs";

const { server, browser, page, storageState } = await start();
// As where the page came over plain http from another machine.
await page.addInitScript(() => {
  delete Crypto.prototype.randomUUID;
});

/** How many leads the API finds. */
async function counted(where) {
  const query = `count=exact&limit=1&where=${encodeURIComponent(where)}`;
  return (await api(page, "GET", `/records/lead?${query}`)).page.total;
}

const whereOf = (of) => new URL(of.url()).searchParams.get("where");

test("a filter is built, counted, shared, taken back, and helps when nothing matches", async (t) => {
  const day = 86_400_000;
  const operations = Array.from({ length: 60 }, (_, n) => ({
    op: "create",
    values: {
      name: `线索 ${n}`,
      company: `公司 ${n}`,
      source: n % 2 ? "event" : "website",
      score: n,
      next_followup_at: n % 3 ? null : new Date(Date.now() + (n < 30 ? -3 : 3) * day).toISOString(),
    },
  }));
  await api(page, "POST", "/records/lead/_batch?allow=duplicates", { operations });
  const where = 'source in ["event"] && (score >= 50 || date(next_followup_at) < today())';
  const wanted = await counted(where);
  assert.ok(wanted > 0 && wanted < 30);

  await t.test("the rows are counted as the API counts them, before they are applied", async () => {
    await page.goto("/o/lead?where=&sort=name&columns=name,source,score,next_followup_at");
    await at(page, "list.total").filter({ hasText: "60" }).waitFor();
    await at(page, "list.filter").click();
    await choose(page, "filter.field", "来源");
    await choose(at(page, "filter.row.source"), "filter.value", "线下活动/展会");
    await page.keyboard.press("Escape");
    await at(page, "filter.count").filter({ hasText: "30" }).waitFor();
    await at(page, "filter.apply").click();
    await at(page, "list.total").filter({ hasText: "30" }).waitFor();

    await page.getByRole("button", { name: "添加条件组" }).click();
    const nested = page.locator("fieldset fieldset");
    await choose(nested, "filter.field", "评分");
    await choose(nested, "filter.operator", "不小于");
    await at(at(nested, "filter.row.score"), "filter.value").fill("50");
    await at(nested, "filter.add").click();
    await nested.locator('[data-testid^="filter.row."]').nth(1).waitFor();
    const second = nested.locator('[data-testid^="filter.row."]').nth(1);
    await choose(second, "filter.field", "下次跟进");
    await choose(at(nested, "filter.row.next_followup_at"), "filter.operator", "早于今天");
    await at(page, "filter.count")
      .filter({ hasText: new RegExp(`\\b${wanted}\\b`) })
      .waitFor();
    await axeClean(page, "a filter with a group");
    await at(page, "filter.apply").click();
    await at(page, "list.total")
      .filter({ hasText: new RegExp(`\\b${wanted}\\b`) })
      .waitFor();
    assert.equal(whereOf(page), where);
  });

  await t.test("the address shows the same to somebody else", async () => {
    const other = await openPage(browser, server, { storageState });
    await other.goto(page.url());
    await at(other, "list.total")
      .filter({ hasText: new RegExp(`\\b${wanted}\\b`) })
      .waitFor();
    await soon(async () => assert.equal(await at(other, "filter.chips").locator("li").count(), 2));
    await at(other, "list.filter").click();
    await at(other, "filter.row.next_followup_at").waitFor();
    other.assertClean();
    await other.context().close();
  });

  await t.test("going back takes the last condition away", async () => {
    await page.goBack();
    await at(page, "list.total").filter({ hasText: "30" }).waitFor();
    assert.equal(whereOf(page), 'source in ["event"]');
    await page.goForward();
    await at(page, "list.total")
      .filter({ hasText: new RegExp(`\\b${wanted}\\b`) })
      .waitFor();
  });

  await t.test("where nothing matches, the part that hides the most can be taken out", async () => {
    const none = 'source in ["event"] && score > 900 && company.contains("公司")';
    await page.goto(`/o/lead?where=${encodeURIComponent(none)}`);
    const empty = at(page, "list.noMatch");
    await empty.filter({ hasText: "评分" }).waitFor();
    await soon(async () => assert.match(await empty.innerText(), /评分.*30/));
    await axeClean(page, "a list in which nothing matches");
    await at(page, "list.removePart").click();
    await at(page, "list.total").filter({ hasText: "30" }).waitFor();
    assert.equal(whereOf(page), 'source in ["event"] && company.contains("公司")');
  });

  await t.test("a group of conditions can be that part", async () => {
    const none = 'source in ["event"] && (score > 900 || score < 0)';
    await page.goto(`/o/lead?where=${encodeURIComponent(none)}`);
    await at(page, "list.noMatch").filter({ hasText: "满足任一" }).waitFor();
    await at(page, "list.removePart").click();
    await at(page, "list.total").filter({ hasText: "30" }).waitFor();
  });

  await t.test("what is searched for can be cleared with a finger", async () => {
    await at(page, "list.search").fill("线索 7");
    await page.waitForURL(/q=/);
    await axeClean(page, "a list that is searched in");
    await page.getByRole("button", { name: "清空" }).click();
    await page.waitForURL((url) => !url.searchParams.has("q"));
  });
  page.assertClean();
});
