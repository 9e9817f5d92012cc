/** Working in a list: changing cells where they stand, many records at once, and views that are one's own. */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { api, at, axeClean, choose, openPage, openPageOf, soon, start } from "./harness.mjs";

const { server, browser, page } = await start();

/** Waits until a cell has the focus, row:column. */
const focused = (cell) =>
  page.waitForFunction((name) => document.activeElement?.dataset.cell === name, cell);

test("working in a list", async (t) => {
  const leads = [];
  for (let n = 0; n < 12; n++) {
    const values = {
      name: `线索 ${String(n).padStart(2, "0")}`,
      company: `公司 ${n}`,
      source: "website",
    };
    leads.push((await api(page, "POST", "/records/lead", values)).data);
  }
  const patches = [];
  page.on("request", (request) => {
    if (request.method() === "PATCH") patches.push(request.url());
  });
  const list = "/o/lead?where=&sort=name&columns=name,company,source,created_at";
  const nameOf = async (lead) => (await api(page, "GET", `/records/lead/${lead.id}`)).data.company;
  const cell = (lead, field) => at(page, `list.lead.row.${lead.id}.cell.${field}`);
  const news = (text) =>
    at(page, "list.news").filter({ hasText: text }).waitFor({ state: "attached" });

  await t.test("a cell is changed by keyboard, and composing is not committing", async () => {
    await page.goto(list);
    await cell(leads[0], "company").waitFor();
    await page.locator('[data-cell="0:2"]').focus();
    await page.keyboard.press("Enter");
    const input = at(page, "cell.company");
    await input.waitFor();
    await input.fill("海蓝");
    const composing = await input.evaluate((element) => {
      element.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
      element.dispatchEvent(
        new KeyboardEvent("keydown", {
          key: "Enter",
          keyCode: 229,
          isComposing: true,
          bubbles: true,
        }),
      );
      element.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
      return document.activeElement === element;
    });
    assert.ok(composing, "the composing Enter stays in the cell");
    assert.equal(patches.length, 0);
    await page.keyboard.press("Enter");
    await news("已保存");
    await focused("1:2");
    assert.equal(patches.length, 1);
    assert.equal(await nameOf(leads[0]), "海蓝");
  });

  await t.test("Escape sends nothing, and Ctrl+Z takes the last change back", async () => {
    await page.keyboard.press("F2");
    await at(page, "cell.company").fill("不要");
    await page.keyboard.press("Escape");
    await focused("1:2");
    assert.equal(patches.length, 1);
    await page.keyboard.press("Control+z");
    await news("已撤销");
    assert.equal(await nameOf(leads[0]), "公司 0");
  });

  await t.test("a locked cell says why", async () => {
    await page.locator('[data-cell="1:4"]').focus();
    await page.keyboard.press("Enter");
    await at(page, "cell.note").waitFor();
    const told = await page.evaluate(() => {
      const id = document.activeElement?.getAttribute("aria-describedby") ?? "";
      return document.getElementById(id)?.textContent;
    });
    assert.match(told ?? "", /不能修改/);
    await axeClean(page, "a locked cell");
    await page.keyboard.press("Escape");
  });

  await t.test("what is required cannot be emptied, and a refused value is not lost", async () => {
    await page.locator('[data-cell="1:1"]').focus();
    await page.keyboard.press("Enter");
    await at(page, "cell.name").fill("");
    await page.keyboard.press("Enter");
    await at(page, "cell.note").waitFor();
    await at(page, "cell.note").filter({ hasText: "填" }).waitFor();
    await axeClean(page, "a cell that lacks its value");
    await page.keyboard.press("Escape");
    await focused("1:1");
  });

  await t.test("an option is chosen by keyboard", async () => {
    await page.locator('[data-cell="2:3"]').focus();
    await page.keyboard.press("Enter");
    await page.locator(".ant-select-dropdown:visible").waitFor();
    await page.keyboard.press("ArrowDown");
    const before = patches.length;
    await page.keyboard.press("Enter");
    await news("已保存");
    assert.equal(patches.length, before + 1);
    await focused("2:3");
  });

  await t.test("two people who change one cell are asked, and nothing is overwritten", async () => {
    page.expectRefusal(412);
    await page.locator('[data-cell="3:2"]').focus();
    await page.keyboard.press("Enter");
    await at(page, "cell.company").fill("我的");
    await api(page, "PATCH", `/records/lead/${leads[3].id}`, { company: "他的" });
    await page.keyboard.press("Enter");
    await at(page, "conflict").waitFor();
    assert.equal(await nameOf(leads[3]), "他的");
    await page.keyboard.press("Escape");
    await at(page, "conflict").waitFor({ state: "detached" });
  });
  await t.test(
    "a change of many says who is blocked and why, before anything is written",
    async () => {
      for (const lead of leads.slice(0, 2)) {
        await api(page, "PATCH", `/records/lead/${lead.id}`, { disqualify_reason: "no_need" });
      }
      await page.goto("/o/lead?where=&sort=name&columns=name,company,source");
      await cell(leads[0], "company").waitFor();
      await page.locator('[data-cell="0:1"]').focus();
      await page.keyboard.press("Control+a");
      await at(page, "bulk.edit").click();
      await choose(page, "bulk.field", "状态");
      await choose(page, "bulk.value", "无效");
      const preview = at(page, "bulk.preview");
      await preview.filter({ hasText: "将修改 2 条记录" }).waitFor();
      await soon(async () => assert.match(await preview.innerText(), /10 条会被拦下/));
      await soon(async () => assert.match(await preview.innerText(), /10 条：.*无效原因/));
      await axeClean(page, "a preview with blocked records");
      await photograph(page, "bulk-preview");
      await page.keyboard.press("Escape");
      await at(page, "bulk.start").waitFor({ state: "detached" });
      const { data } = await api(page, "GET", "/records/lead?fields=status");
      assert.deepEqual([...new Set(data.map(({ status }) => status))], ["new"]);
    },
  );

  await t.test("many records are changed at once, with a preview, and given back", async () => {
    await page.goto("/o/lead?where=&sort=name&columns=name,company,source");
    await cell(leads[0], "company").waitFor();
    const before = (await api(page, "GET", "/records/lead?sort=name&fields=company")).data;
    await page.locator('[data-cell="0:1"]').focus();
    await page.keyboard.press("Control+a");
    await at(page, "bulk.edit").click();
    await choose(page, "bulk.field", "公司");
    await at(page, "bulk.value").fill("公司 5");
    await at(page, "bulk.preview").filter({ hasText: "11" }).waitFor();
    await axeClean(page, "the preview of a change of many records");
    await at(page, "bulk.start").click();
    await at(page, "toast").filter({ hasText: "11" }).waitFor();
    const { page: counted } = await api(
      page,
      "GET",
      `/records/lead?count=exact&limit=1&where=${encodeURIComponent('company == "公司 5"')}`,
    );
    assert.equal(counted.total, 12);
    await at(page, "toast.action").click();
    await at(page, "toast").filter({ hasText: "已撤销" }).waitFor();
    const after = (await api(page, "GET", "/records/lead?sort=name&fields=company")).data;
    const companies = (all) => all.map(({ id, company }) => [id, company]);
    assert.deepEqual(companies(after), companies(before));
  });

  await t.test("many records go into the bin, and come back", async () => {
    await at(page, "bulk.delete").click();
    await at(page, "bulk.preview").filter({ hasText: "12" }).waitFor();
    await at(page, "bulk.start").click();
    await at(page, "toast").filter({ hasText: "12" }).waitFor();
    await at(page, "toast.action").click();
    await at(page, "toast").filter({ hasText: "已撤销" }).waitFor();
    const { page: counted } = await api(page, "GET", "/records/lead?count=exact&limit=1");
    assert.equal(counted.total, 12);
  });
  page.assertClean();
});

test("a view is one's own until it is saved for everybody", async (t) => {
  const rep1 = await openPageOf(browser, server, page, "rep1", ["sales_rep"]);
  const rep2 = await openPageOf(browser, server, page, "rep2", ["sales_rep"]);
  for (const own of [rep1, rep2, rep1, rep2]) {
    const values = { name: `共享 ${own.person.id}`, company: "云图", owner: own.person.id };
    await api(page, "POST", "/records/lead?allow=duplicates", values);
  }
  const view = "/o/lead?view=lead_all";
  const stored = () => api(page, "GET", "/meta/view/lead_all?raw=true");
  const before = await stored();
  const reset = async (own) => {
    await at(own, "list.reset").click();
    await at(own, "list.reset").waitFor({ state: "detached" });
  };
  const dot = (own) => at(own, "tab.lead_all").locator("[title]");
  const sorted = (own, column, how) =>
    own.locator(`[data-testid="column.${column}"][aria-sort="${how}"]`).waitFor();

  await t.test("what one person changes, no other sees", async () => {
    await rep1.goto(view);
    await at(rep1, "column.company").waitFor();
    await dot(rep1).waitFor({ state: "detached" });
    await at(rep1, "list.columns").click();
    await at(rep1, "columns.company").click();
    await at(rep1, "column.company").waitFor({ state: "detached" });
    await rep1.keyboard.press("Escape");
    await at(rep1, "column.name").click();
    await rep1.waitForURL(/sort=name/);
    await dot(rep1).waitFor();
    await at(rep1, "list.density").click();
    const kept = rep1.waitForResponse((answer) => answer.request().method() === "PUT");
    await at(rep1, "menu.density.compact").click();
    await kept;
    await axeClean(rep1, "a view that one has changed");
    await rep2.goto(view);
    await at(rep2, "column.company").waitFor();
    await dot(rep2).waitFor({ state: "detached" });
    assert.deepEqual(await stored(), before);
  });

  await t.test("going back takes the last change away", async () => {
    await rep1.goBack();
    await rep1.waitForURL((url) => !url.searchParams.get("sort")?.startsWith("name"));
    await at(rep1, "column.company").waitFor({ state: "detached" });
    await rep1.goForward();
    await rep1.waitForURL(/sort=name/);
  });

  await t.test("it survives a reload, and another browser", async () => {
    const other = await openPage(browser, server, rep1.person.context);
    for (const own of [rep1, other]) {
      await own.goto("/o/lead?view=lead_all");
      await own.waitForURL(/sort=name/);
      await at(own, "column.name").waitFor();
      await at(own, "column.company").waitFor({ state: "detached" });
      await sorted(own, "name", "ascending");
      const row = own.locator('[role="row"][aria-rowindex="2"]');
      await soon(async () => assert.equal((await row.boundingBox()).height, 32));
      await dot(own).waitFor();
    }
    other.assertClean();
    await other.context().close();
  });

  await t.test("an address that says what is listed wins", async () => {
    await rep1.goto(`${view}&where=&columns=name,company&sort=-name`);
    await at(rep1, "column.company").waitFor();
    await sorted(rep1, "name", "descending");
    await rep1.goto(view);
    await rep1.waitForURL(/sort=name/);
  });

  await t.test("saved as new it is a view of his own, and the source stays as it was", async () => {
    await at(rep1, "view.menu").click();
    await soon(async () => assert.equal(await at(rep1, "menu.view.saveForAll").count(), 0));
    await at(rep1, "menu.view.saveNew").click();
    await at(rep1, "view.name").fill("我的展会");
    await axeClean(rep1, "naming a view");
    await at(rep1, "view.confirm").click();
    await rep1.getByRole("link", { name: "我的展会" }).waitFor();
    await rep1.waitForURL(/view=[0-9a-f-]{36}$/);
    await at(rep1, "column.company").waitFor({ state: "detached" });
    assert.deepEqual(await stored(), before);
    await photograph(rep1, "own-view");
    await rep2.reload();
    await at(rep2, "column.company").waitFor();
    await soon(async () =>
      assert.equal(await rep2.getByRole("link", { name: "我的展会" }).count(), 0),
    );
    await at(rep1, "tab.lead_all").click();
    await at(rep1, "column.company").waitFor();
    await dot(rep1).waitFor({ state: "detached" });
  });

  await t.test("reset leads back to what all see", async () => {
    await at(rep1, "column.company").click();
    await rep1.waitForURL(/sort=company/);
    await reset(rep1);
    await sorted(rep1, "company", "none");
    await rep1.goto(view);
    await at(rep1, "column.company").waitFor();
    await dot(rep1).waitFor({ state: "detached" });
  });

  await t.test("who may design saves it for everybody", async () => {
    await page.goto(view);
    await at(page, "column.company").click();
    await page.waitForURL(/sort=company/);
    await at(page, "view.menu").click();
    await photograph(page, "view-menu");
    await at(page, "menu.view.saveForAll").click();
    await at(page, "toast").waitFor();
    await dot(page).waitFor({ state: "detached" });
    await rep2.goto(view);
    await at(rep2, "column.company").waitFor();
    await sorted(rep2, "company", "ascending");
    await dot(rep2).waitFor({ state: "detached" });
  });
  for (const own of [page, rep1, rep2]) own.assertClean();
});

test("records stand in groups, with totals", async (t) => {
  const sources = ["website", "website", "event", "event", "event", null];
  const operations = sources.map((source, n) => ({
    op: "create",
    values: { name: `分组 ${n}`, company: "分组公司", source, score: n + 1 },
  }));
  const made = await api(page, "POST", "/records/lead/_batch?allow=duplicates", { operations });
  assert.deepEqual([...new Set(made.data.map(({ status }) => status))], [201]);
  const where = encodeURIComponent('company == "分组公司"');
  const list = `/o/lead?view=lead_this_week&where=${where}&sort=name&columns=name,source,score`;
  const heading = (key) => at(page, `list.lead.group.${key}`);
  const rows = page.locator('[role="row"][aria-level="2"]');

  await t.test("with what the server counts and sums", async () => {
    await page.goto(list);
    await at(page, "list.group").click();
    await at(page, "menu.group.source").click();
    await page.waitForURL(/group=source/);
    await heading("website").waitFor();
    await rows.nth(5).waitFor();
    const { data } = await api(page, "POST", "/records/lead/_aggregate", {
      where: 'company == "分组公司"',
      groups: [{ field: "source" }],
      measures: [
        { as: "n", function: "count" },
        { as: "s", function: "sum", field: "score" },
      ],
    });
    for (const { source, n, s } of data) {
      await heading(source ?? "none")
        .filter({ hasText: `${n} 条` })
        .filter({ hasText: new RegExp(`\\b${s}\\b`) })
        .waitFor();
    }
    await at(page, "list.totals").filter({ hasText: "21" }).waitFor();
    await axeClean(page, "records in groups");
    await photograph(page, "groups");
  });

  await t.test("that fold by keyboard and say so", async () => {
    const grid = page.getByRole("treegrid");
    const before = Number(await grid.getAttribute("aria-rowcount"));
    const first = page.locator("[data-heading]").first();
    const count = Number(/(\d+) 条/.exec(await first.innerText())[1]);
    await first.locator("[data-cell]").nth(1).focus();
    await page.keyboard.press("Enter");
    await page.locator('[data-heading][aria-expanded="false"]').waitFor();
    const rowsLeft = async () => Number(await grid.getAttribute("aria-rowcount"));
    await soon(async () => assert.equal(await rowsLeft(), before - count));
    await page.keyboard.press("ArrowRight");
    await page.locator('[data-heading][aria-expanded="false"]').waitFor({ state: "detached" });
    await page.keyboard.press("ArrowDown");
    await focused("1:1");
    await page.reload();
    await heading("website").waitFor();
  });

  await t.test("by units of time", async () => {
    await page.goto(`${list}&group=created_at:month`);
    await page.locator("[data-heading]").waitFor();
    await rows.nth(5).waitFor();
    await at(page, "list.group").click();
    await at(page, "menu.group.by.quarter").click();
    await page.waitForURL(/group=created_at%3Aquarter/);
    await page.locator("[data-heading]", { hasText: "季度" }).waitFor();
    await rows.nth(5).waitFor();
  });

  await t.test("kept in the view for everybody", async () => {
    await page.goto(`${list}&group=source`);
    await heading("website").waitFor();
    await at(page, "view.menu").click();
    await at(page, "menu.view.saveForAll").click();
    await at(page, "toast").waitFor();
    const { data } = await api(page, "GET", "/meta/view/lead_this_week?raw=true");
    assert.equal(data.group, "source");
    await page.goto("/o/lead?view=lead_this_week");
    await heading("website").waitFor();
  });
  page.assertClean();
});

async function photograph(page, name) {
  if (!process.env.SHOTS) return;
  await mkdir(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
}
