/**
 * What waits for an owner: two people look at one pool, one of them is faster, the telephone number that was
 * shown in part is readable to who has the lead, and he gives it back with a reason.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, openPage, openPageOf, soon, start } from "./harness.mjs";
import { sideways } from "./routes.mjs";
import { smallTargets } from "./targets.mjs";

const { server, browser, page } = await start();
const li = await openPageOf(browser, server, page, "李静", ["sales_rep"]);
const zhou = await openPageOf(browser, server, page, "周宁", ["sales_rep"]);
const { data: pool } = await api(page, "POST", "/records/pool", {
  name: "华东线索池",
  code: "east",
  object: "lead",
  people: [li.person.id, zhou.person.id],
  daily_quota: 3,
  holding_cap: 60,
});
const wait = async (name, mobile) =>
  (
    await api(page, "POST", "/records/lead", {
      name,
      company: `${name}公司`,
      mobile,
      owner: null,
      pool: pool.id,
    })
  ).data;
const first = await wait("云图", "+8613812345678");
const second = await wait("海蓝", "+8613912345679");
const list = "/o/lead?view=lead_pool";
const row = (who, lead) => at(who, `list.lead.row.${lead.id}`);
const claim = (who, lead) => row(who, lead).getByTestId("pool.claim");

test("a pool shows what waits, how much one may take, and numbers in part", async () => {
  await zhou.route("**/api/v1/events*", () => {}); // he hears nothing of what others do
  for (const who of [li, zhou]) {
    await who.goto(list);
    await claim(who, first).waitFor();
    await at(who, "pool.today").filter({ hasText: "0/3" }).waitFor();
    await row(who, first).filter({ hasText: "****5678" }).waitFor();
  }
  await axeClean(li, "a pool");
});

test("on a phone each card has its button, large enough for a finger", async () => {
  const phone = await openPage(browser, server, {
    ...li.person.context,
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  await phone.goto(list);
  await claim(phone, first).waitFor();
  assert.deepEqual(await smallTargets(phone, "main"), []);
  assert.equal(await sideways(phone), 0);
  await phone.context().close();
});

test("who is faster has it, and the other is told who that is", async () => {
  await claim(li, first).click();
  await at(li, "toast").filter({ hasText: "已领取" }).waitFor();
  await at(li, "pool.today").filter({ hasText: "1/3" }).waitFor();
  await claim(zhou, first).click();
  await at(zhou, "toast").filter({ hasText: "李静" }).waitFor();
  await row(zhou, first).waitFor({ state: "hidden" });
  await claim(zhou, second).waitFor();
});

test("what is claimed is readable, and goes back with a reason", async () => {
  await li.goto(`/o/lead/${first.id}`);
  await at(li, "record.name").filter({ hasText: "云图" }).waitFor();
  await li.getByText("138 1234 5678").or(li.getByText("13812345678")).first().waitFor();
  await at(li, "record.more").click();
  await at(li, "menu.release").click();
  await at(li, "pool.reason").fill("预算不足");
  await axeClean(li, "giving a lead back");
  await at(li, "pool.releaseDo").click();
  await at(li, "pool.band").filter({ hasText: "华东线索池" }).waitFor();
  await li.getByText("预算不足").first().waitFor();
});

test("several are claimed at once, and where nothing waits the page says so", async () => {
  await zhou.goto(list);
  await claim(zhou, second).waitFor();
  await row(zhou, second).getByRole("checkbox").click();
  await row(zhou, first).getByRole("checkbox").click();
  await at(zhou, "pool.claimMany").click();
  await at(zhou, "toast").filter({ hasText: "已领取 2 条" }).waitFor();
  await at(zhou, "pool.empty").waitFor();
  await axeClean(zhou, "an empty pool");
  await soon(async () => {
    const { data } = await api(page, "GET", `/records/lead/${second.id}`);
    assert.equal(data.owner, zhou.person.id);
  });
});
