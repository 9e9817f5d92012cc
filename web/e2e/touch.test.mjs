/**
 * A phone in the hand: every page fits, and what is dragged with a mouse has a menu, too.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, openPage, setUp, startBrowser, startServer } from "./harness.mjs";
import { makeRoutes, sideways, visit } from "./routes.mjs";

let server;
let browser;
let page;
let routes;

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  page = await openPage(browser, server, phone);
  await setUp(page, server, { templates: ["lead", "crm"] });
  routes = await makeRoutes(page);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

test("every page fits the screen", async () => {
  const found = [];
  for (const [route, address] of Object.entries(routes)) {
    await visit(page, address);
    if ((await sideways(page)) > 0) found.push(`${route}: wider than the screen`);
  }
  assert.deepEqual(found, []);
  page.assertClean();
});

test("a card of the board has a menu that moves it", async () => {
  const { data } = await api(page, "GET", "/meta");
  const board = data.definitions.find(
    (one) => one.kind === "view" && one.object === "opportunity" && one.type === "kanban",
  );
  await page.goto(`/o/opportunity?view=${board.name}`);
  const card = page.locator('[data-testid^="kanban.card."]').first();
  await card.waitFor();
  await card.getByRole("button").first().tap();
  await page.getByRole("menu").or(page.getByRole("dialog")).first().waitFor();
});
