/**
 * The lead desk: its figures, the same as tables, under filters that the address keeps, and from each
 * figure exactly the records behind it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, choose, openPage, soon, start } from "./harness.mjs";

const statuses = ["new", "assigned", "working", "qualified", "converted", "disqualified"];
const sources = ["website", "referral", "event"];

const { server, browser, page, storageState } = await start();
const person = { name: "李静", email: "li@example.com", roles: ["sales_rep"] };
const representative = (await api(page, "POST", "/records/user", person)).data.id;
const operations = Array.from({ length: 60 }, (_, index) => ({
  op: "create",
  values: {
    name: `客户 ${index}`,
    company: "云图科技",
    status: statuses[index % 6],
    source: index % 10 === 0 ? null : sources[index % 3],
    disqualify_reason: "other",
    next_followup_at: index % 2 ? "2026-01-05T02:00:00Z" : "2099-01-05T02:00:00Z",
    ...(index % 4 === 0 && { owner: representative }),
  },
}));
await api(page, "POST", "/records/lead/_batch", { operations });
await page.context().close();

/** Follows a link to a list, and gives how many records it has. */
async function counted(page, link) {
  await link.click();
  const text = await at(page, "list.total").filter({ hasText: /\d/ }).textContent();
  await page.goBack();
  await at(page, "chart.funnel").waitFor();
  return Number(/\d+/.exec(text)[0]);
}

const words = {
  "zh-CN": { title: "线索工作台", nothing: "此范围内没有数据", last: "上月", table: "显示为表格" },
  en: {
    title: "Lead desk",
    nothing: "Nothing in this range",
    last: "last month",
    table: "Show as a table",
  },
};

for (const locale of ["zh-CN", "en"]) {
  test(`the lead desk in ${locale}: figures, drill, tables, filters`, async () => {
    const text = words[locale];
    const page = await openPage(browser, server, { locale, storageState });
    await page.addInitScript((language) => localStorage.setItem("language", language), locale);
    await page.goto("/");
    await api(page, "PATCH", "/me", { locale });
    await page.reload();
    await at(page, "nav.dashboard.lead_desk").click();
    await page.getByRole("heading", { name: text.title, level: 1 }).waitFor();
    const card = (name) => at(page, `card.${name}`);
    const figure = (name) => at(card(name), "figure");

    await page.waitForFunction(
      () => document.querySelectorAll('[data-testid="figure"]').length === 4,
    );
    await soon(async () => assert.equal(await figure("lead_new").textContent(), "60"));
    await soon(async () => assert.equal(await figure("lead_open").textContent(), "40"));
    await soon(async () => assert.equal(await figure("lead_conversion").textContent(), "16.7%"));
    assert.equal(await counted(page, figure("lead_open")), 40);
    const overdue = Number(await figure("lead_overdue").textContent());
    assert.equal(await counted(page, figure("lead_overdue")), overdue);
    await axeClean(page, "the lead desk");

    const bars = at(page, "chart.bar").getByRole("link");
    await bars.first().waitFor();
    for (const bar of await bars.all()) {
      const value = Number(/\d+$/.exec(await bar.textContent())[0]);
      assert.equal(await counted(page, bar), value);
    }
    const steps = at(page, "chart.funnel").getByRole("link");
    await soon(async () => assert.equal(await steps.count(), 5));
    assert.equal(await counted(page, steps.nth(2)), 30, "working, qualified and converted");

    await bars.first().focus();
    await page.keyboard.press("t");
    const table = card("lead_by_source").getByRole("table");
    await soon(async () => assert.equal(await table.getByRole("row").count(), 5)); // with a head and none
    await card("lead_by_month").getByRole("button", { name: text.table }).click();
    await axeClean(page, "the lead desk as tables");

    await choose(page, "filter.period", text.last);
    await card("lead_by_source").getByText(text.nothing).waitFor();
    assert.match(page.url(), /period=last_month/);
    await figure("lead_conversion").filter({ hasText: "—" }).waitFor(); // a share of nothing
    await page.reload();
    await card("lead_by_source").getByText(text.nothing).waitFor();
    await at(page, "filters.clear").click();
    await choose(page, "filter.owner", "李静");
    await page.waitForFunction(
      () => document.querySelector('[data-testid="card.lead_new"] a')?.textContent === "15",
    );
    assert.equal(await counted(page, figure("lead_new")), 15);
    page.assertClean();
    await page.context().close();
  });
}
