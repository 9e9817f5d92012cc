/**
 * Being told: what concerns a person comes to the bell by itself, its number is that of the list,
 * and nothing in it leads nowhere.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { admin, api, at, axeClean, soon, start } from "./harness.mjs";

const leads = [];

const { server, page } = await start({ flags: ["--test-clock"] });
const me = (await api(page, "GET", "/me")).data;
await api(page, "POST", "/records/user", {
  name: "李静",
  email: "li@example.com",
  roles: ["admin"],
});
const li = await server.as("li@example.com");
for (const name of ["张伟", "陈晨", "刘洋"]) {
  leads.push((await api(page, "POST", "/records/lead", { name, company: "云图科技" })).data.id);
}

const count = () => at(page, "bell.count");
const rows = () => page.locator('[data-testid="notification"]');

test("mentions come to the bell while the page is open", async () => {
  await page.goto("/o/lead");
  await at(page, "bell").waitFor();
  await soon(async () => assert.equal(await count().count(), 0));
  for (const id of leads) {
    await li("POST", `/records/lead/${id}/comments`, { text: `请看一下，@[${me.id}]。` });
  }
  await count().filter({ hasText: "3" }).waitFor();
  await at(page, "bell").click();
  await rows().nth(2).waitFor();
  await soon(async () => assert.equal(await rows().count(), 3));
  await rows().first().getByText(`请看一下，@${admin.name}。`).waitFor();
  await axeClean(page, "the notifications below the bell");
});

test("the number stays that of the list, and what is gone says so", async () => {
  await li("DELETE", `/records/lead/${leads[2]}`);
  await page.goto("/notifications");
  await rows().nth(2).waitFor();
  await page.getByText("这条记录已被删除，或你不再有权查看。").waitFor();
  await soon(async () => assert.equal(await page.getByText("刘洋").count(), 0));
  await count().filter({ hasText: "3" }).waitFor();
  await axeClean(page, "the notifications");
  await at(page, "language").click();
  await at(page, "menu.language.en").click();
  await rows()
    .first()
    .getByText("李静 mentioned you")
    .or(page.getByText("This record was deleted"))
    .first()
    .waitFor();
  await at(page, "language").click();
  await at(page, "menu.language.zh-CN").click();
  await rows().getByText("李静提到了你").first().waitFor();
});

test("keys go through the list, read and keep", async () => {
  await rows().first().locator("a, button").first().focus();
  await page.keyboard.press("j");
  await page.keyboard.press("e");
  await count().filter({ hasText: "2" }).waitFor();
  await rows().nth(2).waitFor({ state: "detached" });
  await page.goto("/notifications?show=all");
  await rows().nth(2).waitFor();
  const read = page.locator('[data-testid="notification"][data-read="true"]');
  await read.locator("a, button").first().focus();
  await page.keyboard.press("u");
  await count().filter({ hasText: "3" }).waitFor();
});

test("a row opens its record and is read by that", async () => {
  await page.goto("/notifications");
  await rows().getByText("张伟").or(rows().locator("a")).first().click();
  await at(page, "record.name").waitFor();
  await count().filter({ hasText: "2" }).waitFor();
});

test("who follows a record is told what was changed", async () => {
  await page.goto(`/o/lead/${leads[1]}`);
  await at(page, "record.follow").click();
  await at(page, "toast").waitFor();
  await axeClean(page, "a record that one follows");
  await li("PATCH", `/records/lead/${leads[1]}`, { company: "海蓝教育" });
  await page.goto("/notifications?group=watching");
  await rows().getByText("海蓝教育").waitFor();
  await count().filter({ hasText: "2" }).waitFor(); // what one watches is not in the number
  await at(page, "notifications.readAll").click();
  await at(page, "notifications.empty.read").waitFor();
  await page.goto("/notifications");
  await at(page, "notifications.readAll").click();
  await count().waitFor({ state: "detached" });
});

test("a to-do reminds its owner at its time", async () => {
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  await api(page, "POST", "/records/todo", { subject: "发报价单", remind_at: soon });
  await page.evaluate(() =>
    fetch("/test/clock", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ advance: "PT2H" }),
    }),
  );
  await count().filter({ hasText: "1" }).waitFor();
  await rows().first().waitFor();
  await page.getByText("发报价单").waitFor();
});

test("on a phone they are a page of their own", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/o/lead");
  await at(page, "bell").click();
  await page.waitForURL("**/notifications");
  await rows().first().waitFor();
  const wide = await page.evaluate(() => document.scrollingElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} wide`);
  await axeClean(page, "the notifications on a phone");
  page.assertClean();
});
