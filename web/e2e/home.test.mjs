/**
 * The first page after login, by somebody who sells: what is due and overdue, dealt with in place.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { admin, api, at, axeClean, openPage, soon, start } from "./harness.mjs";

const day = 86_400_000;
const inDays = (count) => new Date(Date.now() + count * day).toISOString();
const row = (record) => at(page, `day.row.${record.id}`);
const get = async (object, { id }) => (await api(page, "GET", `/records/${object}/${id}`)).data;

const { server, browser, page } = await start({ templates: ["lead", "crm"] });
const make = async (object, values) => (await api(page, "POST", `/records/${object}`, values)).data;
const lead = await make("lead", {
  name: "张伟",
  company: "云图科技",
  mobile: "+8613800138000",
  source: "referral",
  next_followup_at: inDays(-2),
});
const todo = await make("todo", {
  subject: "发报价单",
  related_to: { object: "lead", id: lead.id },
  due: inDays(-1),
});
await make("todo", { subject: "以后再说", due: inDays(3) });
const account = await make("account", { name: "海蓝教育" });
const deal = await make("opportunity", {
  name: "二期扩容",
  account: account.id,
  stage: "negotiation",
  close_date: "2027-12-31",
});

test("after login the day comes first: the longest overdue first, and nothing of later days", async () => {
  await page.context().clearCookies();
  await page.goto("/sign-in");
  await page.getByLabel("邮箱").fill(admin.email);
  await page.getByLabel("密码").fill(admin.password);
  await page.keyboard.press("Enter");
  await row(lead).waitFor();
  const heading = page.getByRole("heading", { level: 1 });
  await soon(async () => assert.match(await heading.textContent(), /好，王晓明$/));
  await at(page, "day.today").getByText("2 条逾期").waitFor();
  const names = await at(page, "day.today").locator("[data-link]").allTextContents();
  assert.deepEqual(names, ["张伟", "发报价单"]);
  await row(deal).getByText("没有下一步").waitFor();
  await at(page, "card.opportunity_funnel").getByRole("figure").waitFor();
  await axeClean(page, "one's day");
});

test("a call is logged with its outcome and the next date by three activations", async () => {
  await at(page, `day.log.${lead.id}`).click();
  await axeClean(page, "logging a call");
  await at(page, "note.outcome.reached").check();
  await at(page, "day.log.tomorrow").click();
  await row(lead).waitFor({ state: "detached" });
  await soon(async () => {
    const { next_followup_at: next } = await get("lead", lead);
    assert.ok(Date.parse(next) > Date.now());
    const [talk] = (await api(page, "GET", "/records/followup")).data;
    assert.equal(talk.outcome, "reached");
    assert.deepEqual(talk.related_to, { object: "lead", id: lead.id });
  });
  await at(page, "toast.action").click();
  await row(lead).waitFor();
  await soon(async () => {
    assert.equal((await get("lead", lead)).next_followup_at, lead.next_followup_at);
    assert.equal((await api(page, "GET", "/records/followup")).data.length, 0);
  });
});

test("the keys go through the rows and deal with them", async () => {
  await page.reload();
  await row(todo).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.waitForFunction(() => document.activeElement.textContent === "发报价单");
  await page.keyboard.press("d");
  await row(todo).waitFor({ state: "detached" });
  await soon(async () => assert.equal((await get("todo", todo)).status, "done"));
  await at(page, "toast.action").click();
  await row(todo).waitFor();
  await soon(async () => assert.equal((await get("todo", todo)).status, "open"));
  await row(todo).locator("[data-link]").focus();
  await page.keyboard.press("s");
  await at(page, "menu.in3days").click();
  await row(todo).waitFor({ state: "detached" });
  await soon(async () => assert.ok(Date.parse((await get("todo", todo)).due) > Date.now() + day));
});

test("an opportunity gets its next step, and with everything done the day says so", async () => {
  await at(page, `day.later.${deal.id}`).click();
  await at(page, "menu.nextWeek").click();
  await at(page, "day.lacking.opportunity").waitFor({ state: "detached" });
  await at(page, `day.done.${lead.id}`).click();
  await at(page, "day.caughtUp").waitFor();
  await soon(async () => assert.equal((await get("lead", lead)).next_followup_at, null));
  await axeClean(page, "a day that is done");
});

test("a card that fails leaves the others, and the row that was refused comes back", async () => {
  const late = await api(page, "POST", "/records/todo", { subject: "催款", due: inDays(-1) });
  page.expectRefusal(500);
  await page.route("**/reports/*/_evaluate", (route) => route.fulfill({ status: 500, body: "{}" }));
  await page.reload();
  await row(late.data).waitFor();
  await at(page, "card.failed").waitFor();
  await page.route(`**/records/todo/${late.data.id}`, (route) =>
    route.fulfill({ status: 500, body: "{}" }),
  );
  await at(page, `day.done.${late.data.id}`).click();
  await at(page, "toast").waitFor();
  await row(late.data).waitFor();
  await page.unrouteAll();
});

test("on a phone and in English the cards stand below each other", async () => {
  const other = await openPage(browser, server, {
    locale: "en",
    viewport: { width: 390, height: 844 },
    storageState: await page.context().storageState(),
  });
  await other.goto("/");
  await at(other, "day.today").getByText("1 day overdue").waitFor();
  const wide = await other.evaluate(() => document.scrollingElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} px wide`);
  await axeClean(other, "one's day on a phone");
  other.assertClean();
  page.assertClean();
});
