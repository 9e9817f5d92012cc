/**
 * The page of a record that others point to and that goes through stages, by somebody who sells:
 * the lists of what points to it, and its way from stage to stage.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, choose, openPage, soon, start } from "./harness.mjs";

const { server, browser, page, storageState } = await start({ templates: ["lead", "crm"] });
const account = await make("account", { name: "云图科技" });
await make("contact", { name: "张伟", account });
const opportunity = await make("opportunity", {
  name: "二期扩容",
  account,
  stage: "negotiation",
  close_date: "2026-12-31",
});

/** Makes a record, and gives its id. */
async function make(object, values) {
  return (await api(page, "POST", `/records/${object}?allow=duplicates`, values)).data.id;
}

/** Goes down to a list that is drawn when one comes near it. */
async function reach(name) {
  await page.mouse.move(500, 500);
  while (!(await at(page, name).isVisible())) await page.mouse.wheel(0, 300);
  await at(page, name).scrollIntoViewIfNeeded();
}

test("what points to a record stands on its page as lists that open in full", async () => {
  await page.goto(`/o/account/${account}`);
  await reach("related.contact");
  await at(page, "related.contact").getByRole("grid").getByText("张伟").waitFor();
  await axeClean(page, "related lists");
  await at(page, "related.contact.open").click();
  await at(page, "list.total").filter({ hasText: "1" }).waitFor();
  assert.ok(new URL(page.url()).searchParams.get("where").includes(account));
});

test("a list on a record's page is sorted, filtered, worked in and opened in full", async () => {
  const firm = await make("account", { name: "海蓝教育" });
  const deal = (name, stage, amount) =>
    make("opportunity", {
      name,
      account: firm,
      stage,
      amount: { amount, currency: "CNY" },
      close_date: "2026-12-31",
    });
  const [first] = [
    await deal("甲 一期", "negotiation", "100"),
    await deal("乙 二期", "negotiation", "200"),
    await deal("丙 三期", "contacted", "400"),
  ];
  await page.goto(`/o/account/${firm}`);
  await page.evaluate(() => {
    globalThis.stays = true;
  });
  await reach("related.opportunity");
  const related = at(page, "related.opportunity");
  const sums = at(page, "related.opportunity.sums");
  await sums.filter({ hasText: "700" }).waitFor();
  const rows = related.locator('[role="row"][data-testid]');
  await rows.nth(2).waitFor();

  const name = related.locator('[data-testid="column.name"]');
  await name.click();
  await related.locator('[data-testid="column.name"][aria-sort="ascending"]').waitFor();
  await name.click();
  await related.locator('[data-testid="column.name"][aria-sort="descending"]').waitFor();
  await rows.first().filter({ hasText: "乙" }).waitFor();

  await at(page, "related.opportunity.filter").click();
  await choose(related, "filter.field", "阶段");
  await choose(related, "filter.value", "谈判");
  await page.keyboard.press("Escape");
  await at(related, "filter.count").filter({ hasText: "2" }).waitFor();
  await axeClean(page, "a related list that is filtered");
  await at(related, "filter.apply").click();
  await rows.nth(2).waitFor({ state: "detached" });
  await sums.filter({ hasText: "300" }).waitFor();

  const amount = at(page, `list.opportunity.row.${first}.cell.amount`);
  await amount.scrollIntoViewIfNeeded();
  await amount.dblclick();
  await at(page, "cell.amount").fill("1100");
  await page.keyboard.press("Enter");
  await sums.filter({ hasText: "1,300" }).waitFor();
  await page.getByText(/1,700/).first().waitFor({ state: "attached" }); // the account's own sum
  assert.equal(await page.evaluate(() => globalThis.stays), true, "the page was not loaded anew");

  await at(page, "related.opportunity.open").click();
  await at(page, "list.total").filter({ hasText: "2" }).waitFor();
  const { searchParams } = new URL(page.url());
  assert.match(searchParams.get("where"), new RegExp(firm));
  assert.match(searchParams.get("where"), /stage in \["negotiation"\]/);
  assert.equal(searchParams.get("sort"), "-name");
  assert.equal(await page.evaluate(() => globalThis.stays), true, "the list was not either");
});

test("a record is added to a list with the way back filled in", async () => {
  await page.goto(`/o/account/${account}`);
  await reach("related.todo.add");
  await at(page, "related.todo.add").click();
  await page.getByLabel("主题").fill("发报价单");
  await page.getByText("云图科技", { exact: true }).last().waitFor();
  await at(page, "form.save").click();
  await page.waitForURL(/\/o\/todo\/[0-9a-f-]{36}$/);
  const id = new URL(page.url()).pathname.split("/").pop();
  const { data } = await api(page, "GET", `/records/todo/${id}`);
  assert.deepEqual(data.related_to, { object: "account", id: account });
});

test("a record that is in a stage for longer than it should be says so, on its page and on a board", async () => {
  const later = await openPage(browser, server, { storageState });
  await later.clock.setFixedTime(Date.now() + 20 * 86_400_000);
  await later.goto(`/o/opportunity/${opportunity}`);
  await at(later, "stage.age")
    .filter({ hasText: /20 天.*14 天/ })
    .waitFor();
  await axeClean(later, "a stage that lasts too long");
  await later.setViewportSize({ width: 390, height: 844 });
  await at(later, "path.menu").filter({ hasText: "20 天" }).waitFor();
  await later.setViewportSize({ width: 1280, height: 800 });
  await later.goto("/o/opportunity?view=opportunity_board");
  const card = at(later, `kanban.card.${opportunity}`);
  await card.getByText(/20 天/).waitFor();
  await axeClean(later, "a board with a card that waits too long");
  later.assertClean();
  await later.context().close();
});

test("a record goes to its next stage in one action, and says what an end still needs", async () => {
  await page.goto(`/o/opportunity/${opportunity}`);
  const current = at(page, "path").locator('[aria-current="step"]');
  await current.filter({ hasText: "谈判" }).waitFor();
  await axeClean(page, "a stage path");
  const moved = page.waitForResponse((answer) => answer.request().method() === "PATCH");
  await at(page, "path.next").click();
  await current.filter({ hasNotText: "谈判" }).waitFor();
  await moved;
  await page.reload();
  await current.filter({ hasNotText: "谈判" }).waitFor();
  page.expectRefusal(422);
  await at(page, "path.menu").click();
  await at(page, "menu.lost").click();
  await at(page, "move.lost_reason").waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.keyboard.press("Escape");
  await at(page, "path.menu").filter({ hasText: "5/6" }).waitFor();
  page.assertClean();
});

test("what is written while one's own change is still on its way is made from that", async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const firm = await make("account", { name: "远山医疗" });
  const deal = { name: "一期", account: firm, stage: "negotiation", close_date: "2026-12-31" };
  const id = await make("opportunity", deal);
  let tries = 0;
  let arrive;
  const gate = new Promise((open) => {
    arrive = open;
  });
  const sent = [];
  const change = `**/records/opportunity/${id}`;
  await page.route(change, async (route) => {
    if (route.request().method() !== "PATCH") return route.continue();
    sent.push(route.request().postDataJSON().stage ?? "");
    tries++;
    if (tries === 1) return route.abort("failed");
    if (tries === 2) await gate;
    return route.continue();
  });
  page.expectAbsence();
  page.expectRefusal(422);
  await page.goto(`/o/opportunity/${id}`);
  const current = at(page, "path").locator('[aria-current="step"]');
  await current.filter({ hasText: "谈判" }).waitFor();
  await at(page, "path.next").click();
  await soon(() => assert.equal(sent.length, 2));
  await at(page, "path.menu").click();
  await at(page, "menu.lost").click();
  arrive();
  await at(page, "move.lost_reason").waitFor();
  assert.deepEqual(sent, ["contract", "contract", "lost"]);
  await page.unroute(change);
  await page.keyboard.press("Escape");
});

test("moves made without the server wait, are shown, and are carried out in their order", async () => {
  page.expectAbsence();
  page.expectRefusal(412); // the second was made before the first was there
  const firm = await make("account", { name: "启明软件" });
  const deal = { name: "三期", account: firm, stage: "contacted", close_date: "2026-12-31" };
  const id = await make("opportunity", deal);
  await page.goto(`/o/opportunity/${id}`);
  const current = at(page, "path").locator('[aria-current="step"]');
  await current.filter({ hasText: "初步接触" }).waitFor();
  await page.context().setOffline(true);
  await at(page, "path.next").click();
  await current.filter({ hasText: "需求确认" }).waitFor();
  await at(page, "outbox.strip").filter({ hasText: "1" }).waitFor();
  await at(page, "path.next").click();
  await current.filter({ hasText: "方案报价" }).waitFor();
  await at(page, "outbox.strip").filter({ hasText: "2" }).waitFor();
  await page.context().setOffline(false);
  await at(page, "outbox.strip").waitFor({ state: "detached" });
  await current.filter({ hasText: "方案报价" }).waitFor();
  const changes = (await api(page, "GET", `/records/opportunity/${id}/changes`)).data;
  const stages = changes.map(({ after }) => after.stage).reverse();
  assert.deepEqual(stages, ["contacted", "needs", "proposal"]);
});

test("an advance asks just for what it lacks, and goes on with it", async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const option = (code, title) => ({ const: code, title });
  const rule = (name, field, message) => ({
    name,
    assert: `stage != "offer" || ${field} != null`,
    message,
    at: [field],
  });
  await api(page, "POST", "/meta/_apply", {
    definitions: [
      {
        kind: "object",
        name: "bid",
        type: "object",
        display: "name",
        properties: {
          name: { field: "text", title: "名称" },
          budget: { field: "integer", title: "预算" },
          decider: { field: "text", title: "决策人" },
          remark: { field: "text", title: "说明" },
          stage: {
            field: "select",
            title: "阶段",
            default: "talk",
            oneOf: [option("talk", "接触"), option("offer", "报价"), option("closed", "关闭")],
          },
        },
        rules: [
          rule("budget_known", "budget", "报价前要知道预算。"),
          rule("decider_known", "decider", "报价前要知道决策人。"),
        ],
      },
      {
        kind: "form",
        name: "bid_default",
        object: "bid",
        path: "stage",
        sections: [{ fields: ["name", "budget", "decider", "remark", "stage"] }],
      },
    ],
  });
  const { data } = await api(page, "POST", "/records/bid", { name: "设备采购" });
  await page.goto(`/o/bid/${data.id}`);
  await at(page, "path.next").click();
  const sheet = at(page, "move.dialog");
  await at(sheet, "move.decider").waitFor();
  await sheet.getByText("报价前要知道预算").waitFor();
  await soon(async () => assert.equal(await sheet.getByRole("textbox").count(), 2));
  await axeClean(page, "what an advance lacks");
  await at(sheet, "move.budget").fill("50000");
  await at(sheet, "move.decider").fill("张总");
  await at(page, "move.save").click();
  const current = at(page, "path").locator('[aria-current="step"]');
  await current.filter({ hasText: "报价" }).waitFor();
  await at(page, "toast").filter({ hasText: "报价" }).waitFor();
  const moved = (await api(page, "GET", `/records/bid/${data.id}`)).data;
  assert.deepEqual([moved.stage, moved.budget, moved.decider], ["offer", 50000, "张总"]);
  page.assertClean();
});

test("two tabs that change one record keep a draft each, and say so", async () => {
  const address = `/o/opportunity/${opportunity}?edit=`;
  const [name, step] = [at(page, "field.name"), (tab) => at(tab, "field.next_step")];
  await page.goto(address);
  await name.fill("第一页写的");
  const second = await page.context().newPage();
  await second.goto(address);
  await at(second, "form.elsewhere").waitFor();
  await axeClean(second, "a record that another tab changes");
  await soon(async () => assert.equal(await at(second, "draft").count(), 0));
  await step(second).fill("第二页写的");
  await at(page, "form.elsewhere").waitFor();
  await page.waitForFunction(
    () => Object.values({ ...localStorage }).filter((text) => /第.页写的/.test(text)).length === 2,
  );
  await page.reload();
  await at(page, "draft.restore").click();
  await soon(async () => assert.equal(await name.inputValue(), "第一页写的"));
  await soon(async () => assert.notEqual(await step(page).inputValue(), "第二页写的"));
  await soon(async () => assert.equal(await step(second).inputValue(), "第二页写的"));
  await second.close({ runBeforeUnload: false });
  page.assertClean();
});
