import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { courseLead, leadsFile } from "./course-lead.mjs";
import { admin, api, at, axeClean, choose, openPage, soon, start } from "./harness.mjs";

const { server, browser, page, storageState } = await start();

const long = { timeout: 180_000 };
const list = "/o/course_lead";

/** The number of records that the list says it has. */
async function total(page) {
  const text = await at(page, "list.total").innerText();
  return Number(text.replace(/\D/g, ""));
}

async function totalOf(page, where) {
  await page.goto(`${list}?where=${encodeURIComponent(where)}`);
  await at(page, "list.total").filter({ hasText: /\d/ }).waitFor();
  return total(page);
}

test("9,240 real leads", async (t) => {
  await api(page, "POST", "/meta/_apply", { definitions: await courseLead() });
  let first;

  await t.test("a file is understood, down to its last column", async () => {
    await page.goto(list);
    await at(page, "action.import").first().click();
    await at(page, "file").setInputFiles(leadsFile);
    await at(page, "import.mapping").waitFor();
    first = page.url();
    await soon(async () => assert.match(await at(page, "import.mapped").innerText(), /37 \/ 37/));
    await soon(async () => assert.match(await at(page, "import.encoding").innerText(), /UTF-8/));
    await axeClean(page, "the mapping of an import");
  });

  await t.test("what is no option is left empty, by a click a column", async () => {
    const values = page.locator('[data-testid$=".values"]', { hasText: "待对应" });
    for (let left = await values.count(); left > 0; left--) {
      await values.first().click();
      const row = page.locator('[data-testid="import.value.Select"]');
      await choose(page, "import.value.Select", "留空");
      await row.getByText("留空").waitFor();
      await page.locator('[data-testid$=".values"][aria-expanded="true"]').click();
    }
    await page.reload();
    await at(page, "import.mapping").waitFor();
    await soon(async () => assert.equal(await values.count(), 0));
  });

  await t.test("the check writes nothing", long, async () => {
    const match = await at(page, "import.match").innerText();
    if (!match.includes("Prospect ID")) await choose(page, "import.match", "Prospect ID");
    await page.keyboard.press("Escape");
    await at(page, "import.plan").click();
    await at(page, "import.count.create").filter({ hasText: "9,240" }).waitFor(long);
    await soon(async () => assert.equal(await at(page, "import.count.error").innerText(), "0"));
    await axeClean(page, "the check of an import");
    const { page: counted } = await api(page, "GET", "/records/course_lead?count=exact&limit=1");
    assert.equal(counted.total, 0);
  });

  await t.test("the import says how far it is, and ends with all of them", long, async () => {
    await at(page, "import.run").click();
    await at(page, "import.progress").or(at(page, "import.result")).first().waitFor();
    await at(page, "import.result").waitFor(long);
    await soon(async () =>
      assert.equal(await at(page, "import.count.create").innerText(), "9,240"),
    );
    await axeClean(page, "the result of an import");
    await at(page, "import.open").click();
    await at(page, "list.total").filter({ hasText: "9,240" }).waitFor();
  });

  await t.test("every figure that can be filtered for is right", long, async () => {
    const figures = {
      converted: 3561,
      'lead_source == "google"': 2873,
      'lead_source == "google" && converted': 1147,
      'lead_source == "direct_traffic"': 2543,
      'lead_source == "direct_traffic" && converted': 818,
      'lead_source == "olark_chat"': 1755,
      'lead_source == "organic_search"': 1154,
      'lead_source == "reference" && converted': 490,
      'lead_source == "welingak_website" && converted': 140,
      'lead_source == "referral_sites"': 125,
      'lead_source == "facebook" && converted': 13,
      "lead_source == null": 36,
      "lead_source == null && converted": 29,
      'lead_origin == "landing_page_submission"': 4886,
      'lead_origin == "api" && converted': 1115,
      'lead_origin == "lead_add_form" && converted': 664,
      "totalvisits == null": 137,
      do_not_email: 734,
      do_not_call: 2,
      'last_activity == "email_opened" && converted': 1253,
      'last_activity == "sms_sent"': 2745,
    };
    for (const [where, figure] of Object.entries(figures)) {
      assert.equal(await totalOf(page, where), figure, where);
    }
    assert.equal(await totalOf(page, "do_not_email && do_not_call"), 0);
    const measures = [
      { as: "sum", function: "sum", field: "total_time_spent_on_website" },
      { as: "max", function: "max", field: "total_time_spent_on_website" },
      { as: "visits", function: "sum", field: "totalvisits" },
    ];
    const { data } = await api(page, "POST", "/records/course_lead/_aggregate", { measures });
    assert.deepEqual(
      Object.fromEntries(Object.entries(data[0]).map(([name, value]) => [name, Number(value)])),
      { sum: 4506332, max: 2272, visits: 31362 },
    );
  });

  await t.test("the list moves by keyboard, and draws only what is in sight", async () => {
    await page.goto(list);
    const grid = page.getByRole("grid", { name: "Course leads" });
    await grid.getByRole("link").first().waitFor();
    await soon(async () => assert.equal(await grid.getAttribute("aria-rowcount"), "9241"));
    await axeClean(page, "a full list");
    await page.locator('[data-cell="0:1"]').focus();
    await page.keyboard.press("Control+End");
    const focused = () => page.evaluate(() => document.activeElement?.dataset.cell);
    await soon(async () => assert.match(await focused(), /^9239:/));
    await page.keyboard.press("Home");
    await page.locator('[data-cell="9239:1"] a').waitFor();
    await soon(async () =>
      assert.equal(await page.getByText("579,533").count(), 1, "the last by its number"),
    );
    await page.keyboard.press("Control+Home");
    await soon(async () => assert.equal(await focused(), "0:0"));
    for (let screen = 0; screen < 20; screen++) await page.keyboard.press("PageDown");
    assert.ok((await page.locator('[role="row"]').count()) < 120);
    await page.keyboard.press("ArrowRight");
    await page.locator(`[data-cell="${await focused()}"] a`).waitFor();
    await page.keyboard.press("Control+Enter");
    await at(page, "record.name").waitFor();
    await page.goBack();
    await grid.waitFor();
  });

  await t.test("sorting shows the largest first, and several columns sort together", async () => {
    await page.goto(list);
    await page.locator('[data-cell="0:1"] a').waitFor();
    const header = at(page, "column.total_time_spent_on_website");
    const top = page.locator('[data-cell="0:9"]');
    await header.click();
    await page.waitForURL(/sort=total_time/);
    await header.click();
    await top.filter({ hasText: "2,272" }).waitFor();
    await soon(async () => assert.equal(await header.getAttribute("aria-sort"), "descending"));
    await at(page, "column.totalvisits").click({ modifiers: ["Shift"] });
    await page.waitForURL(/sort=-total_time_spent_on_website%2Ctotalvisits/);
    await page.reload();
    await top.filter({ hasText: "2,272" }).waitFor();
  });

  await t.test("filter rows write an expression, and are read back from it", async () => {
    await page.goto(list);
    await at(page, "list.filter").click();
    await choose(page, "filter.field", "Lead Source");
    const value = at(page, "filter.value");
    await value
      .getByRole("combobox")
      .or(value.and(page.getByRole("combobox")))
      .waitFor();
    await value.click();
    const open = ".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option";
    await page.locator(open, { hasText: /^Google$/ }).click();
    await page.locator(open, { hasText: "Facebook" }).click();
    await page.keyboard.press("Escape");
    await at(page, "filter.add").first().click();
    await choose(at(page, "filter.row.prospect_id"), "filter.field", "Converted");
    await at(page, "filter.count").filter({ hasText: "1,160" }).waitFor();
    await at(page, "filter.apply").click();
    await at(page, "list.total").filter({ hasText: "1,160" }).waitFor();
    const where = new URL(page.url()).searchParams.get("where");
    assert.equal(where, 'lead_source in ["google", "facebook"] && converted');
    const there = await openPage(browser, server, { storageState });
    await there.goto(page.url());
    await at(there, "list.total").filter({ hasText: "1,160" }).waitFor();
    await soon(async () => assert.equal(await at(there, "filter.chips").locator("li").count(), 2));
    await at(there, "list.filter").click();
    await at(there, "filter.row.lead_source").waitFor();
    await axeClean(there, "the filter");
    there.assertClean();
    await there.context().close();
    await page.goBack();
    await at(page, "list.total").filter({ hasText: "9,240" }).waitFor();
  });

  await t.test("a filter that says more than rows is text, checked as one types", async () => {
    await page.goto(
      `${list}?where=${encodeURIComponent("totalvisits > 2 * page_views_per_visit")}`,
    );
    await at(page, "list.filter").click();
    await at(page, "filter.text").fill("totalvisits > nothing");
    await at(page, "filter.place").locator("mark", { hasText: "nothing" }).waitFor();
    await soon(async () => assert.ok(await at(page, "filter.apply").isDisabled()));
    await at(page, "filter.text").fill("totalvisits > 200");
    await at(page, "filter.count").filter({ hasText: /\d/ }).waitFor();
    await at(page, "filter.apply").click();
    await page.waitForURL(/totalvisits\+%3E\+200/);
  });

  await t.test("when nothing matches, the part that hides the most can be taken out", async () => {
    const nothing = "do_not_call && do_not_email";
    await page.goto(`${list}?where=${encodeURIComponent(nothing)}`);
    await at(page, "list.noMatch").getByText("734").waitFor();
    await axeClean(page, "a list without a match");
    await at(page, "list.removePart").click();
    await at(page, "list.total").filter({ hasText: "734" }).waitFor();
  });

  await t.test("columns are chosen and ordered without dragging", async () => {
    await page.goto(list);
    await at(page, "list.columns").click();
    await at(page, "columns").waitFor();
    await axeClean(page, "the choice of columns");
    await at(page, "columns.city").click();
    await at(page, "column.city").waitFor();
    await at(page, "columns.lead_number").click();
    await at(page, "column.lead_number").waitFor({ state: "detached" });
    await at(page, "columns.city.up").focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/city%2Clast_activity$|city,last_activity$|city%2C\w+$/);
    await page.waitForFunction(() => document.activeElement?.dataset.testid === "columns.city.up");
    await page.keyboard.press("Escape");
    await at(page, "list.reset").click();
    await at(page, "column.lead_number").waitFor();
  });

  await t.test(
    "the filtered list is taken out, and comes in again without a change",
    long,
    async () => {
      const where = encodeURIComponent('lead_source == "facebook"');
      await page.goto(`${list}?where=${where}`);
      await at(page, "list.export").click();
      await page.getByText("全部列").click();
      await page.getByText("CSV（供其他程序使用）").click();
      await axeClean(page, "the export");
      await at(page, "export.start").click();
      const downloading = page.waitForEvent("download");
      await at(page, "export.file").click();
      const file = await (await downloading).path();
      const text = await readFile(file, "utf8");
      assert.equal(text.trim().split("\n").length, 56);
      await page.goto(`${list}/import`);
      const buffer = Buffer.from(text);
      await at(page, "file").setInputFiles({ name: "back.csv", mimeType: "text/csv", buffer });
      await at(page, "import.plan").click();
      await at(page, "import.count.skip").filter({ hasText: "55" }).waitFor(long);
      await at(page, "import.nothing").waitFor();
    },
  );

  await t.test("importing it again changes nothing", long, async () => {
    await page.goto(`${list}/import`);
    await at(page, "file").setInputFiles(leadsFile);
    await at(page, "import.mapping").waitFor();
    const values = page.locator('[data-testid$=".values"]', { hasText: "待对应" });
    for (let left = await values.count(); left > 0; left--) {
      await values.first().click();
      await choose(page, "import.value.Select", "留空");
      await page.locator('[data-testid$=".values"][aria-expanded="true"]').click();
    }
    await at(page, "import.plan").click();
    await at(page, "import.count.skip").filter({ hasText: "9,240" }).waitFor(long);
    await soon(async () => assert.ok(await at(page, "import.run").isDisabled()));
  });

  await t.test("undo takes all of them back", long, async () => {
    await page.goto(first);
    await at(page, "import.undo").click();
    await axeClean(page, "the question before an undo");
    await at(page, "import.undoConfirm").click();
    await at(page, "import.result").getByText("导入已撤销").waitFor(long);
    await at(page, "import.open").click();
    await at(page, "list.firstUse").waitFor();
  });

  page.assertClean();
});

test("columns without a field become fields, from the import itself", async () => {
  const page = await openPage(browser, server, { locale: "en-GB" });
  await page.goto("/sign-in?next=/o/lead/import");
  await at(page, "sign-in.email").fill(admin.email);
  await at(page, "sign-in.password").fill(admin.password);
  await at(page, "sign-in.submit").click();
  const buffer = Buffer.from(
    "Name,Company,Favourite colour,Visits,Signed up\nAda,Acme,Blue,3,2026-11-01\nBob,Initech,Red,12,2026-10-30\n",
  );
  await at(page, "file").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer });
  await at(page, "import.newFields").click();
  await at(page, "newFields").waitFor();
  await axeClean(page, "the new fields");
  await at(page, "newFields.create").click();
  await at(page, "import.mapped").filter({ hasText: "5 of 5" }).waitFor();
  await at(page, "import.plan").click();
  await at(page, "import.count.create").filter({ hasText: "2" }).waitFor(long);
  await at(page, "import.run").click();
  await at(page, "import.open").click();
  await page.getByRole("link", { name: "Ada" }).click();
  await at(page, "record.field.visits").getByText("3").waitFor();
  await soon(async () =>
    assert.match(await at(page, "record.field.signed_up").innerText(), /1 Nov 2026/),
  );
  page.assertClean();
});
