/**
 * Enlarged to 200 % and 400 %, with more space in the text, in forced colours and without motion:
 * nothing is lost, and no page is scrolled in two directions.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { at, openPage, start } from "./harness.mjs";
import { makeRoutes, sideways, visit } from "./routes.mjs";

const { server, browser, page, storageState } = await start({ templates: ["lead", "crm"] });
const routes = await makeRoutes(page);
await page.context().close();

/** The space that WCAG 1.4.12 asks a page to bear; a constructed sheet is no inline style. */
const spaced = () => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }" +
      "p { margin-bottom: 2em !important }",
  );
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
};

for (const [name, viewport] of [
  ["200 %", { width: 640, height: 512 }],
  ["400 %", { width: 320, height: 256 }],
]) {
  test(`at ${name} no page scrolls sideways, with more space in the text neither`, async () => {
    const page = await openPage(browser, server, { viewport, storageState });
    const found = [];
    for (const [route, address] of Object.entries(routes)) {
      await visit(page, address);
      const plain = await sideways(page);
      await page.evaluate(spaced);
      const wide = await sideways(page);
      if (plain > 0 || wide > 0) found.push(`${route}: ${plain} px, spaced ${wide} px`);
    }
    assert.deepEqual(found, []);
    await visit(page, "/o/lead");
    await page.locator("main").focus();
    await page.keyboard.press("?");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    const box = await dialog.boundingBox();
    assert.ok(box.width <= viewport.width, `a dialog is ${box.width} px wide`);
    page.assertClean();
    await page.context().close();
  });
}

test("in forced colours and without motion nothing moves", async () => {
  const page = await openPage(browser, server, { storageState });
  await page.emulateMedia({ forcedColors: "active", reducedMotion: "reduce" });
  const found = [];
  for (const [route, address] of Object.entries(routes)) {
    await visit(page, address);
    const running = await page.evaluate(
      () => document.getAnimations().filter(({ playState }) => playState === "running").length,
    );
    if (running > 0) found.push(`${route}: ${running} animations`);
  }
  assert.deepEqual(found, []);
  await visit(page, "/o/lead/new");
  const unmarked = await page.evaluate(() => {
    const isMarked = (element) => {
      element.focus();
      const near = [element, element.parentElement, element.parentElement?.parentElement];
      return near.some((one) => one && getComputedStyle(one).outlineStyle !== "none");
    };
    const fields = [...document.querySelectorAll("main :is(input, textarea):not([type=file])")];
    return fields.filter((one) => !isMarked(one)).map((one) => one.outerHTML);
  });
  assert.deepEqual(unmarked, [], "one sees where one types");
  await at(page, "me").waitFor();
  page.assertClean();
});
