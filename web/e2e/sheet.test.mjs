/** Cells that go to a spreadsheet and come back: copied, pasted, filled down, and taken back as one. */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { api, at, axeClean, openPage, soon, start } from "./harness.mjs";

const { server, browser, page, storageState } = await start();
const other = await openPage(browser, server, { storageState });
await other.goto("/");

const list =
  "/o/lead?where=&sort=name&columns=name,company,source,owner,next_followup_at,created_at";
const cell = (row, column) => page.locator(`[data-cell="${row}:${column}"]`);
const toast = (text) => at(page, "toast").filter({ hasText: text }).waitFor();
const marked = () => page.locator("[data-marked]");

/** Presses the keys that copy, and gives what the page puts into the clipboard. */
function copied() {
  return page.evaluate(() => {
    const data = new DataTransfer();
    const event = new ClipboardEvent("copy", {
      bubbles: true,
      cancelable: true,
      clipboardData: data,
    });
    document.activeElement.dispatchEvent(event);
    return { text: data.getData("text/plain"), html: data.getData("text/html") };
  });
}

/** Pastes a text where the focus is, as the browser does it. */
function paste(text) {
  return page.evaluate((plain) => {
    const data = new DataTransfer();
    data.setData("text/plain", plain);
    const event = new ClipboardEvent("paste", {
      bubbles: true,
      cancelable: true,
      clipboardData: data,
    });
    document.activeElement.dispatchEvent(event);
  }, text);
}

async function open() {
  await page.goto(list);
  await cell(0, 1).getByText("线索 00").waitFor();
  await cell(0, 2).focus();
}

/** What the records hold, as the API says. */
const stored = async (field) => {
  const { data } = await api(page, "GET", `/records/lead?sort=name&fields=${field}&limit=1000`);
  return data.map((record) => record[field]);
};

test("cells go to a spreadsheet and come back", async (t) => {
  const operations = Array.from({ length: 40 }, (_, n) => ({
    op: "create",
    values: { name: `线索 ${String(n).padStart(2, "0")}`, company: `公司 ${n}`, source: "website" },
  }));
  await api(page, "POST", "/records/lead/_batch?allow=duplicates", { operations });

  await t.test("a rectangle is marked by keys and copied in the words that one sees", async () => {
    await open();
    await page.keyboard.press("Shift+ArrowRight");
    await page.keyboard.press("Shift+ArrowDown");
    await marked().nth(3).waitFor();
    await soon(async () => assert.equal(await marked().count(), 4));
    const { text, html } = await copied();
    assert.equal(text, "公司 0\t官网表单\r\n公司 1\t官网表单");
    assert.match(html, /<td>公司 0<\/td><td>官网表单<\/td>/);
    await toast("已复制 4 个单元格");
    await page.keyboard.press("ArrowDown");
    await marked().first().waitFor({ state: "detached" });
    await page.keyboard.press("Space");
    await at(page, "list.selected").filter({ hasText: "1" }).waitFor();
    await page.keyboard.press("Space");
  });

  await t.test("a block is pasted at once, by label or code, and taken back as one", async () => {
    await open();
    const before = [await stored("company"), await stored("source")];
    await paste("云图\t线下活动/展会\r\n海蓝\tevent\r\n");
    await toast("已修改 2 条记录");
    assert.deepEqual((await stored("company")).slice(0, 3), ["云图", "海蓝", "公司 2"]);
    assert.deepEqual((await stored("source")).slice(0, 3), ["event", "event", "website"]);
    await cell(0, 2).getByText("云图").waitFor();
    await cell(0, 2).focus();
    await page.keyboard.press("Control+z");
    await toast("已撤销");
    assert.deepEqual([await stored("company"), await stored("source")], before);
  });
  await t.test("more than a few cells are shown before, with what is refused and why", async () => {
    await open();
    const before = [await stored("company"), await stored("owner")];
    const lines = Array.from({ length: 45 }, (_, n) => {
      const owner = n === 1 ? "查无此人" : "王晓明";
      return `新公司 ${n}\t官网表单\t${owner}`;
    });
    await paste(lines.join("\n"));
    const will = at(page, "paste.will");
    await will.filter({ hasText: "将修改 40 条记录的 40 个单元格" }).waitFor();
    await soon(async () => assert.match(await will.innerText(), /有 5 行超出列表/));
    const refused = await at(page, "paste.refused").innerText();
    assert.match(refused, /1 处不会修改/);
    assert.match(refused, /线索 01\s*负责人\s*找不到“查无此人”/);
    await axeClean(page, "what a paste would do");
    await photograph("paste-preview");
    assert.deepEqual([await stored("company"), await stored("owner")], before);
    await at(page, "paste.start").click();
    await toast("已修改 40 条记录");
    assert.equal((await stored("company"))[39], "新公司 39");
    await at(page, "toast.action").click();
    await toast("已撤销");
    assert.deepEqual([await stored("company"), await stored("owner")], before);
  });

  await t.test("a single value fills what is marked, and Ctrl+D fills down", async () => {
    await open();
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    await paste("都一样");
    await toast("已修改 3 条记录");
    assert.deepEqual((await stored("company")).slice(0, 4), [
      "都一样",
      "都一样",
      "都一样",
      "公司 3",
    ]);
    await cell(2, 2).getByText("都一样").waitFor();
    await cell(5, 2).focus();
    await cell(9, 2).click({ modifiers: ["Shift"] });
    await marked().nth(4).waitFor();
    await page.keyboard.press("Control+d");
    await toast("已修改 4 条记录");
    assert.deepEqual((await stored("company")).slice(5, 11), [
      ...Array.from({ length: 5 }, () => "公司 5"),
      "公司 10",
    ]);
    await cell(8, 2).getByText("公司 5").waitFor();
    await page.keyboard.press("Control+z");
    await cell(8, 2).getByText("公司 8").waitFor();
    await page.keyboard.press("Control+z");
    await cell(2, 2).getByText("公司 2").waitFor();
  });

  await t.test("what is locked, stale or against a rule stays, and says why", async () => {
    await open();
    await cell(0, 5).focus();
    await paste("2026-12-01 09:30\t2020-01-01");
    const refused = at(page, "paste.refused");
    await refused.filter({ hasText: "创建时间" }).waitFor();
    await soon(async () => assert.match(await refused.innerText(), /系统|自动|不能修改/));
    await at(page, "paste.start").click();
    await toast("已修改 1 条记录");
    assert.equal((await stored("next_followup_at"))[0], "2026-12-01T01:30:00.000Z");

    await cell(0, 2).focus();
    await paste("\n");
    await refused.filter({ hasText: "线索 00" }).waitFor();
    await soon(async () => assert.ok(await at(page, "paste.start").isDisabled()));
    await at(page, "paste.cancel").click();
    await refused.waitFor({ state: "detached" });
    assert.equal((await stored("company"))[0], "公司 0");
  });

  await t.test("what somebody else has changed since is not overwritten", async () => {
    await open();
    const { data } = await api(page, "GET", "/records/lead?sort=name&limit=1");
    const change = async (route) => {
      await api(other, "PATCH", `/records/lead/${data[0].id}`, { company: "他的" });
      await route.continue();
    };
    await page.route("**/_batch*", change, { times: 1 });
    await paste("我的");
    await at(page, "paste.refused").filter({ hasText: "线索 00" }).waitFor();
    await at(page, "paste.cancel").click();
    assert.equal((await stored("company"))[0], "他的");
  });

  await t.test(
    "what a spreadsheet would run leaves harmless, and comes back as it was",
    async () => {
      const run = '=HYPERLINK("http://evil.example","x")';
      const { data } = await api(page, "GET", "/records/lead?sort=name&limit=1");
      await api(page, "PATCH", `/records/lead/${data[0].id}`, { company: run });
      await open();
      await cell(0, 2).getByText("=HYPERLINK").waitFor();
      await cell(0, 2).focus();
      const { text } = await copied();
      assert.equal(text, `"'${run.replaceAll('"', '""')}"`);
      await cell(1, 2).focus();
      await paste(text);
      await toast("已修改 1 条记录");
      assert.equal((await stored("company"))[1], run);
    },
  );

  await t.test("without a keyboard there is a menu", async () => {
    await open();
    await cell(3, 2).click();
    await at(page, "cells.menu").click();
    await at(page, "menu.cells.paste").click();
    await at(page, "pasteText.text").fill("从菜单");
    await axeClean(page, "pasting by hand");
    await photograph("paste-by-hand");
    await at(page, "pasteText.next").click();
    await toast("已修改 1 条记录");
    assert.equal((await stored("company"))[3], "从菜单");
    await at(page, "cells.menu").click();
    await at(page, "menu.cells.copy").click();
    await toast("已复制 1 个单元格");
    await page.locator('[aria-rowindex="3"] input[type="checkbox"]').click();
    await at(page, "list.selected").filter({ hasText: "1" }).waitFor();
    await at(page, "cells.menu").click();
    await at(page, "menu.cells.copy").click();
    await toast("已复制 6 个单元格");
  });
  page.assertClean();
});

async function photograph(name) {
  if (!process.env.SHOTS) return;
  await mkdir(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
}
