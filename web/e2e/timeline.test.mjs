/**
 * The timeline of a record, by somebody who sells: what happened stands in one stream, a change is
 * taken back, and notes, follow-ups and tasks are added without leaving the page.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, soon, start } from "./harness.mjs";

const entry = (kind) => at(page, `timeline.${kind}`);

const { page } = await start({ templates: ["lead"] });
const make = async (object, values) => (await api(page, "POST", `/records/${object}`, values)).data;
const colleague = await make("user", {
  name: "李静",
  email: "li@example.com",
  roles: ["sales_director"],
  active: true,
});
const lead = await make("lead", {
  name: "张伟",
  company: "云图科技",
  source: "referral",
  email: "wei@example.com",
});
await api(page, "PATCH", `/records/lead/${lead.id}`, { city: "上海" });
await api(page, "PATCH", `/records/lead/${lead.id}`, { city: "苏州" });

test("a change says what was before and after, and is taken back by one click", async () => {
  await page.goto(`/o/lead/${lead.id}`);
  const change = at(page, "change.3.city");
  await change.getByText("上海").waitFor();
  await change.getByText("苏州").waitFor();
  await axeClean(page, "a timeline");
  await at(page, "change.undo.3.city").click();
  await at(page, "record.field.city").getByText("上海").waitFor();
  await at(page, "change.4.city").waitFor();
  assert.equal((await api(page, "GET", `/records/lead/${lead.id}`)).data.city, "上海");
  await at(page, "toast.action").click();
  await at(page, "record.field.city").getByText("苏州").waitFor();
});

test("a talk is told by two choices, and says when to talk again", async () => {
  await page.keyboard.press("l");
  await at(page, "note.outcome.reached").waitFor();
  await axeClean(page, "the composer of a follow-up");
  await at(page, "note.outcome.reached").check();
  await at(page, "note.next_at.tomorrow").check();
  await at(page, "note.send").click();
  await entry("activity").getByText("电话 · 已接通").waitFor();
  const { data } = await api(page, "GET", `/records/lead/${lead.id}`);
  assert.ok(Date.parse(data.next_followup_at) > Date.now(), "the lead took the date over");
});

test("a note mentions somebody by the keyboard, is kept over a reload, and is one's own", async () => {
  await page.keyboard.press("n");
  await at(page, "note.text").pressSequentially("请@李");
  await at(page, "mention.person").getByText("李静").waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.type("看看");
  await page.reload();
  await at(page, "compose.note").click();
  await soon(async () => assert.equal(await at(page, "note.text").inputValue(), "请@李静 看看"));
  await page.keyboard.press("Control+Enter");
  await entry("comment").getByText("@李静").waitFor();
  const said = (await api(page, "GET", `/records/lead/${lead.id}/comments`)).data;
  assert.deepEqual(said[0].mentions, [colleague.id]);
  await at(page, "comment.more").click();
  await at(page, "menu.editComment").click();
  await at(page, "comment.text").fill("改过了");
  await page.keyboard.press("Control+Enter");
  await entry("comment").getByText("改过了").waitFor();
  await at(page, "comment.more").click();
  await at(page, "menu.deleteComment").click();
  await at(page, "comment.delete").click();
  await entry("comment").waitFor({ state: "detached" });
});

test("an Enter that an input method takes mentions nobody", async () => {
  await page.keyboard.press("n");
  const text = at(page, "note.text");
  await text.pressSequentially("@");
  await at(page, "mention.person").first().waitFor();
  await text.dispatchEvent("keydown", { key: "Enter", isComposing: true, bubbles: true });
  await soon(async () => assert.equal(await text.inputValue(), "@"));
  await page.keyboard.press("Escape");
  await at(page, "mention.person").first().waitFor({ state: "detached" });
  await text.fill("");
});

test("a task is added and done where it stands, and the stream shows one kind", async () => {
  await at(page, "compose.todo").click();
  await at(page, "note.text").fill("发报价单");
  await at(page, "note.due.tomorrow").check();
  await at(page, "note.send").click();
  const task = entry("activity").filter({ hasText: "发报价单" });
  await task.getByRole("button", { name: "完成" }).click();
  await task.getByText("已处理").waitFor();
  await at(page, "timeline.filter").getByText("修改").click();
  await entry("activity").first().waitFor({ state: "detached" });
  await entry("change").first().waitFor();
});

test("on a phone the composer is a sheet at a thumb's reach", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await at(page, "compose.followup").click();
  const sheet = page.getByRole("dialog");
  await sheet.getByText("已接通").waitFor();
  await axeClean(page, "the composer on a phone");
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  const wide = await page.evaluate(() => document.scrollingElement.scrollWidth);
  assert.ok(wide <= 390, `the page is ${wide} px wide`);
  page.assertClean();
});

test("a mail to the lead opens in the mail program, and is noted", async () => {
  page.expectComplaint("mailto:"); // nothing here sends mail
  await at(page, "compose.mail").click();
  await at(page, "mail.subject").fill("报价");
  await at(page, "mail.text").fill("张总：\n见附件。");
  await axeClean(page, "the composer of a mail");
  await page.reload();
  await at(page, "compose.mail").click();
  await at(page, "mail.text").filter({ hasText: "见附件" }).waitFor();
  const asked = page.waitForRequest((request) => request.method() === "POST");
  await at(page, "note.send").click();
  assert.match((await asked).postDataJSON().text, /wei@example.com：报价\n\n张总：\n见附件。$/);
  await entry("comment").getByText("报价").waitFor();
});
