/**
 * A new record in passing: from a key, the bar, the palette and a phone's bar; from a business card
 * that is pasted; and on in the full form.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, choose, soon, start } from "./harness.mjs";

const { page } = await start({ templates: ["lead", "crm"] });
await api(page, "POST", "/records/contact", { name: "张伟", mobile: "13812345678" });

const quick = (name) => at(page, "quick").locator(`[data-testid="${name}"]`);

/** Waits until an element has the focus. */
const focused = (locator) =>
  locator.evaluate(
    (element) =>
      new Promise((done) => {
        const look = () =>
          element === document.activeElement ? done() : requestAnimationFrame(look);
        look();
      }),
  );

/** Pastes a text where the focus is. */
const paste = (text) =>
  page.evaluate((pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(event);
  }, text);

test("a key opens it on the first field, saving offers the next, and the focus goes back", async () => {
  await page.goto("/o/lead");
  const button = at(page, "new");
  await button.focus();
  await page.keyboard.press("c");
  await focused(quick("field.name"));
  await axeClean(page, "the quick entry");
  await quick("field.name").fill("李静");
  await quick("field.company").fill("海蓝教育");
  await page.keyboard.press("Control+Enter");
  await at(page, "toast").getByText("再建一条").waitFor();
  await at(page, "quick").waitFor({ state: "detached" });
  await focused(button);
  await at(page, "toast.other").click();
  await focused(quick("field.name"));
  await soon(async () => assert.equal(await quick("field.name").inputValue(), ""));
  await page.keyboard.press("Escape");
  await at(page, "quick").waitFor({ state: "detached" });
});

test("what was not saved is kept, and offered the next time", async () => {
  await at(page, "new").click();
  await quick("field.name").fill("还没想好");
  await page.keyboard.press("Escape");
  await at(page, "toast").getByText("草稿").waitFor();
  await at(page, "new").click();
  await quick("draft.restore").click();
  await quick("draft").waitFor({ state: "detached" });
  await soon(async () => assert.equal(await quick("field.name").inputValue(), "还没想好"));
  await page.keyboard.press("Escape");
  await at(page, "toast.action").click();
});

test("a pasted card fills the fields once it is confirmed", async () => {
  await at(page, "new").click();
  await focused(quick("field.name"));
  await paste("王小明经理\n云图科技有限公司\n手机：139 0001 1111\nwang@yuntu.cn");
  await quick("quick.card.mobile").waitFor();
  await axeClean(page, "what was found in a card");
  await quick("quick.card.email").uncheck();
  await quick("quick.card.fill").click();
  await soon(async () => assert.equal(await quick("field.name").inputValue(), "王小明"));
  await soon(async () =>
    assert.equal(await quick("field.company").inputValue(), "云图科技有限公司"),
  );
  await soon(async () => assert.equal(await quick("field.mobile").inputValue(), "13900011111"));
  await soon(async () => assert.equal(await quick("field.job_title").inputValue(), "经理"));
  await soon(async () => assert.equal(await quick("field.email").count(), 0));
  await quick("quick.save").click();
  await at(page, "toast.action").click();
  await at(page, "record.name").filter({ hasText: "王小明" }).waitFor();
});

test("another kind is chosen without losing what was typed, and a duplicate is told at once", async () => {
  await at(page, "new").click();
  await quick("field.name").fill("张伟");
  await quick("field.mobile").fill("1381234567");
  await choose(page, "quick.type", "联系人");
  await quick("field.account").waitFor();
  await soon(async () => assert.equal(await quick("field.name").inputValue(), "张伟"));
  await quick("field.mobile").press("End");
  await page.keyboard.type("8");
  await quick("form.duplicates").getByRole("link", { name: "张伟" }).waitFor();
  await soon(async () => assert.match(await quick("form.news").innerText(), /可能已有/));
  await axeClean(page, "a hint at a duplicate");
});

test("more fields leads to the full form with all that was typed", async () => {
  await quick("field.name").fill("张伟二号");
  await quick("quick.more").click();
  await page.getByRole("heading", { level: 1, name: "新建联系人" }).waitFor();
  await soon(async () => assert.equal(await at(page, "field.name").inputValue(), "张伟二号"));
  await soon(async () => assert.equal(await at(page, "field.mobile").inputValue(), "13812345678"));
  await at(page, "field.email").fill("zhang@yuntu.cn");
  await page.reload();
  await at(page, "field.email").waitFor();
  await soon(async () => assert.equal(await at(page, "field.name").inputValue(), "张伟二号"));
  page.expectRefusal(409);
  await at(page, "form.save").click();
  await at(page, "duplicate.save").click();
  await at(page, "record.name").filter({ hasText: "张伟二号" }).waitFor();
});

test("the palette and the bar of a phone open it, too", async () => {
  await page.keyboard.press("Control+k");
  await at(page, "palette.input").fill(">新建任务");
  await page.getByRole("option", { name: "新建任务" }).waitFor();
  await page.keyboard.press("Enter");
  await focused(quick("field.subject"));
  await page.keyboard.press("Escape");
  await at(page, "quick").waitFor({ state: "detached" });
  await page.setViewportSize({ width: 390, height: 844 });
  await at(page, "new").click();
  await focused(quick("field.name"));
  await axeClean(page, "the quick entry on a phone");
  const wide = await page.evaluate(() => document.scrollingElement.scrollWidth);
  assert.ok(wide <= 390);
  page.assertClean();
});
