/**
 * Finding and doing from anywhere: one box by Ctrl+K, records by characters, pinyin and the tail of
 * a number, commands by their names, and single keys that can be switched off.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, openPage, soon, start } from "./harness.mjs";

const { server, browser, page, storageState } = await start();
const make = async (values) => (await api(page, "POST", "/records/lead", values)).data.id;
await make({ name: "张伟", company: "海蓝教育", mobile: "13800138000" });
const yuntu = await make({ name: "云图科技", company: "云图科技" });
await page.goto("/o/lead");

const box = () => at(page, "palette.input");
const first = () => at(page, "palette.list").getByRole("option").first();
const open = async () => {
  await at(page, "search").waitFor();
  await page.keyboard.press("Control+k");
  await box().waitFor();
};

test("a record is found by characters, pinyin, initials and the tail of its number", async () => {
  await at(page, "search").focus();
  await open();
  for (const [typed, found] of [
    ["云图", "云图科技"],
    ["yuntu", "云图科技"],
    ["ytkj", "云图科技"],
    ["8000", "张伟"],
  ]) {
    await box().fill(typed);
    await first().filter({ hasText: found }).waitFor();
  }
  await soon(async () => assert.equal(await box().getAttribute("aria-expanded"), "true"));
  await at(page, "palette").getByText("个结果").waitFor();
  await axeClean(page, "the palette");
  await page.keyboard.press("Escape");
  await box().waitFor({ state: "detached" });
  await page.waitForFunction(() => document.activeElement.dataset.testid === "search");
});

test("Enter while a word is put together does nothing, then it opens", async () => {
  await open();
  await box().fill("ytkj");
  await first().filter({ hasText: "云图科技" }).waitFor();
  await box().evaluate((input) =>
    input.dispatchEvent(
      new KeyboardEvent("keydown", {
        key: "Enter",
        isComposing: true,
        keyCode: 229,
        bubbles: true,
      }),
    ),
  );
  await soon(async () => assert.ok(await box().isVisible()));
  await page.keyboard.press("Enter");
  await page.waitForURL(`**/o/lead/${yuntu}`);
  await at(page, "record.name").waitFor();
});

test("what was opened last and what can be done here comes first", async () => {
  await open();
  await first().filter({ hasText: "云图科技" }).waitFor();
  await at(page, "palette.here.edit").waitFor();
  await box().fill(">xj");
  await first().filter({ hasText: "新建" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await at(page, "quick").waitFor();
  await page.keyboard.press("Escape");
  await at(page, "quick").waitFor({ state: "detached" });
});

test("a command is found in the language that the page is not in", async () => {
  await open();
  for (const [typed, key] of [
    [">sign out", "sign-out"],
    [">new lead", "new.lead"],
    [">leads", "go.lead"],
    [">dark", "theme.dark"],
  ]) {
    await box().fill(typed);
    await at(page, `palette.${key}`).waitFor();
  }
  await page.keyboard.press("Escape");
  await box().waitFor({ state: "detached" });
});

test("on a Mac the keys are called as they are there", async () => {
  const userAgent = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
  const mac = await openPage(browser, server, { userAgent, storageState });
  await mac.goto(`/o/lead/${yuntu}`);
  await at(mac, "search").filter({ hasText: "⌘ K" }).waitFor();
  await at(mac, "compose.note").click();
  await at(mac, "composer.note").getByText("⌘ Enter").waitFor();
  await mac.keyboard.press("Meta+k");
  await at(mac, "palette.input").waitFor();
  await soon(async () => assert.equal(await mac.getByText("Ctrl").count(), 0));
  mac.assertClean();
  await mac.context().close();
});

test("what is not found can be made", async () => {
  await page.goto("/o/lead");
  await open();
  await box().fill("新客户甲");
  await at(page, "palette.create.lead").click();
  await page.waitForURL(/\/o\/lead\/new\?name=/);
  await soon(async () => assert.equal(await page.getByLabel("联系人").inputValue(), "新客户甲"));
});

test("single keys lead on, are listed, and can be switched off", async () => {
  await page.goto("/o/lead");
  await at(page, "search").waitFor();
  await page.locator("main").focus();
  await page.keyboard.press("?");
  await at(page, "keys").waitFor();
  await axeClean(page, "the list of keys");
  await page.keyboard.press("Escape");
  await at(page, "keys").waitFor({ state: "detached" });
  await page.locator("main").focus();
  await page.keyboard.press("g");
  await page.keyboard.press("n");
  await page.waitForURL("**/notifications");
  await page.keyboard.press("g");
  await page.keyboard.press("l");
  await page.waitForURL("**/o/lead");
  await page.goto("/settings/profile");
  await at(page, "settings.shortcuts").getByText("关闭").click();
  await page.goto("/o/lead");
  await at(page, "search").waitFor();
  await page.locator("main").focus();
  for (const key of ["/", "c", "?", "g", "n"]) await page.keyboard.press(key);
  assert.ok(page.url().endsWith("/o/lead"));
  await soon(async () => assert.equal(await box().count(), 0));
  await open();
  await page.keyboard.press("Escape");
});

test("on a phone it fills the screen", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/o/lead");
  await at(page, "search").click();
  await box().fill("云图");
  await first().filter({ hasText: "云图科技" }).waitFor();
  await soon(async () => {
    const { width, height } = await at(page, "palette").boundingBox();
    assert.deepEqual([width, height], [390, 844]);
  });
  await axeClean(page, "the palette on a phone");
  page.assertClean();
});
