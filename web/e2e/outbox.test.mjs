/**
 * Without the server one goes on working: what is written waits in this browser, is seen, can be
 * discarded, is sent once each and in order when the server is back, and what is refused then asks
 * for a decision. Nobody else ever sees it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { admin, at, axeClean, soon, start } from "./harness.mjs";

const { server, page } = await start({
  options: { serviceWorkers: "allow" },
  templates: ["lead", "crm"],
});
const ask = await server.as(admin.email);
const make = async (object, values) => (await ask("POST", `/records/${object}`, values)).data;
const due = new Date(Date.now() - 86_400_000).toISOString();
const lead = await make("lead", { name: "张伟", company: "云图科技", next_followup_at: due });
const todo = await make("todo", { subject: "发报价单", due });
page.expectAbsence();
// What is to be there without the server is opened once.
await page.goto("/o/lead/new");
await at(page, "form.save").waitFor();
await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
await page.goto("/o/lead");
await page.getByRole("grid").getByText("张伟").waitFor();
await page.goto(`/o/lead/${lead.id}`);
await at(page, "timeline").getByRole("listitem").first().waitFor();
await page.goto("/");
await at(page, `day.row.${todo.id}`).waitFor();

const offline = (away) => page.context().setOffline(away);
const strip = (text) => at(page, "outbox.strip").filter({ hasText: text });
const sentAll = () => at(page, "outbox.strip").waitFor({ state: "detached" });
const get = async (path) => (await ask("GET", path)).data;
const writes = [];
const log = (request) => {
  const key = request.headers()["idempotency-key"];
  if (key) writes.push(`${request.method()} ${new URL(request.url()).pathname.slice(16)} ${key}`);
};

test("a note, a call, a changed field and a finished task wait, are counted and are seen", async () => {
  await offline(true);
  await at(page, "offline").waitFor();
  await at(page, `day.done.${todo.id}`).click();
  await strip("1").waitFor();
  await at(page, `day.row.${todo.id}`).waitFor({ state: "detached" });
  await page.goto(`/o/lead/${lead.id}`);
  await at(page, "compose.note").click();
  await at(page, "note.text").fill("电话里说下周给答复");
  await at(page, "note.send").click();
  await at(page, "timeline.waiting").getByText("电话里说下周给答复").waitFor();
  await page.goto(`/o/lead/${lead.id}?edit=company`);
  await page.getByLabel("公司").fill("云图科技股份");
  await at(page, "form.save").click();
  const field = at(page, "record.field.company");
  await field.getByText("云图科技股份").waitFor();
  await field.getByText("待发送").waitFor();
  await strip("3").waitFor();
  await axeClean(page, "a record of which something waits");
});

test("what only the server can do says so, and cannot be pressed", async () => {
  const convert = at(page, "record.convert");
  await soon(async () => assert.equal(await convert.getAttribute("aria-disabled"), "true"));
  await convert.filter({ hasText: "需要联网" }).waitFor();
  await convert.focus();
  await page.keyboard.press("Enter");
  await soon(async () => assert.equal(await page.getByRole("dialog").count(), 0));
  await page.goto("/o/lead");
  await page.getByRole("grid").getByText("云图科技股份").waitFor();
  await soon(async () =>
    assert.equal(await at(page, "action.import").getAttribute("aria-disabled"), "true"),
  );
});

test("a new record waits, the list says so, and one can discard it and think better of it", async () => {
  await page.goto("/o/lead/new");
  await page.getByLabel("联系人").fill("李静");
  await page.getByLabel("公司").fill("海蓝教育");
  await at(page, "form.save").click();
  await at(page, "outbox.note").waitFor();
  await strip("4").getByRole("link").click();
  const items = at(page, "outbox").locator("li");
  await items.nth(3).waitFor();
  await axeClean(page, "the outbox");
  const dropped = items.filter({ hasText: "李静" });
  await dropped.getByRole("button", { name: "丢弃" }).click();
  await dropped.waitFor({ state: "detached" });
  await at(page, "toast.action").click();
  await dropped.waitFor();
});

test("it outlasts a reload, and is sent once each, in order, by one of two pages", async () => {
  await page.reload();
  await strip("4").waitFor();
  const other = await page.context().newPage();
  other.on("request", log);
  page.on("request", log);
  await other.goto("/o/lead");
  await at(other, "outbox.strip").waitFor();
  await offline(false);
  await sentAll();
  await at(other, "outbox.strip").waitFor({ state: "detached" });
  await at(page, "outbox.empty").waitFor();
  page.off("request", log);
  await other.close();
  const places = writes.map((one) => one.split(" ").slice(0, 2).join(" "));
  assert.deepEqual(places, [
    `PATCH todo/${todo.id}`,
    `POST lead/${lead.id}/comments`,
    `PATCH lead/${lead.id}`,
    "POST lead",
  ]);
  const one = await get(`/records/lead/${lead.id}`);
  assert.equal(one.company, "云图科技股份");
  const made = await ask("GET", `/records/lead?where=${encodeURIComponent('name == "李静"')}`);
  assert.equal(made.data.length, 1);
  const told = await get(`/records/lead/${lead.id}/timeline?kinds=comment`);
  assert.equal(told.length, 1);
});

async function changeWhileAway(value, meanwhile) {
  await page.goto(`/o/lead/${lead.id}`);
  await at(page, "record.name").waitFor();
  await offline(true);
  await at(page, "offline").waitFor();
  await page.goto(`/o/lead/${lead.id}?edit=company`);
  await page.getByLabel("公司").fill(value);
  await at(page, "form.save").click();
  await strip("1").waitFor();
  await ask("PATCH", `/records/lead/${lead.id}`, meanwhile);
  await offline(false);
}

test("what others changed beside it stays", async () => {
  await changeWhileAway("云图集团", { demand: "先试点" });
  await sentAll();
  const now = await get(`/records/lead/${lead.id}`);
  assert.deepEqual([now.company, now.demand], ["云图集团", "先试点"]);
});

test("what others changed too asks which holds, and is not dropped", async () => {
  page.expectRefusal("412");
  await changeWhileAway("云图控股", { company: "云图股份" });
  await strip("等你处理").getByRole("link").click();
  await at(page, "outbox.compare").click();
  await at(page, "conflict").getByText("云图股份").waitFor();
  await axeClean(page, "a conflict in the outbox");
  await at(page, "conflict.company.mine").click();
  await at(page, "conflict.save").click();
  await sentAll();
  assert.equal((await get(`/records/lead/${lead.id}`)).company, "云图控股");
});

test("what is refused says why, and goes back into its form", async () => {
  page.expectRefusal("422");
  await offline(true);
  await page.goto("/o/lead/new");
  await page.getByLabel("联系人").fill("王芳");
  await page.getByLabel("邮箱").fill("no address");
  await at(page, "form.save").click();
  await strip("1").waitFor();
  await offline(false);
  await strip("等你处理").getByRole("link").click();
  assert.notEqual((await at(page, "outbox.reason").textContent()).trim(), "");
  await at(page, "outbox.correct").click();
  await page.waitForURL("**/o/lead/new");
  await at(page, "draft.restore").click();
  await soon(async () => assert.equal(await page.getByLabel("联系人").inputValue(), "王芳"));
  await sentAll();
  await at(page, "form.saveAnother").waitFor();
});

test("who signs out is asked, and leaves nothing; nobody else sees it", async () => {
  await changeNothing();
  await at(page, "me").click();
  await at(page, "menu.sign-out").click();
  await page.getByRole("dialog", { name: "没有发送" }).waitFor();
  await axeClean(page, "the question before leaving");
  await at(page, "leave.anyway").click();
  await at(page, "sign-in.email").waitFor();
  const left = await page.evaluate(
    () =>
      new Promise((found) => {
        const opened = indexedDB.open("trellis");
        opened.onsuccess = () => {
          const all = opened.result.transaction("outbox").objectStore("outbox").getAll();
          all.onsuccess = () => found(all.result);
        };
      }),
  );
  assert.deepEqual(left, []);
  page.assertClean();
});

/** A write that the server refuses stays in the outbox. */
async function changeNothing() {
  await offline(true);
  await page.goto(`/o/lead/${lead.id}?edit=company`);
  await page.getByLabel("公司").fill("云");
  await at(page, "form.save").click();
  await strip("1").waitFor();
  page.expectRefusal("500");
  await page.route(`**/records/lead/${lead.id}`, (route) =>
    route.request().method() === "PATCH"
      ? route.fulfill({ status: 500, body: "{}" })
      : route.fallback(),
  );
  await offline(false);
  await strip("等你处理").waitFor();
}
