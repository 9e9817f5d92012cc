/**
 * A phone in the hand: every page fits, what is tapped is as large as a finger, what is dragged with a
 * mouse has a menu too, and what one does most is at the thumb.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, soon, start } from "./harness.mjs";
import { makeRoutes, sideways, visit } from "./routes.mjs";
import { smallTargets } from "./targets.mjs";

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

const { page } = await start({ options: phone, templates: ["lead", "crm"] });
const routes = await makeRoutes(page);

/** The pages, and the other ways to draw a list. */
const everywhere = () => ({
  ...routes,
  board: "/o/opportunity?view=opportunity_board",
  calendar: "/o/lead?view=lead_calendar",
  queue: "/o/lead?view=lead_queue",
});

test("every page fits the screen, and all of it can be hit with a finger", async () => {
  const found = [];
  for (const [route, address] of Object.entries(everywhere())) {
    await visit(page, address);
    if ((await sideways(page)) > 0) found.push(`${route}: wider than the screen`);
    found.push(...(await smallTargets(page)).map((target) => `${route}: ${target}`));
  }
  assert.deepEqual(found, []);
  page.assertClean();
});

test("so can what opens over a page", async () => {
  const found = [];
  const measured = async (what, within) =>
    found.push(...(await smallTargets(page, within)).map((target) => `${what}: ${target}`));
  await visit(page, routes.list);
  await at(page, "new").tap();
  await at(page, "quick.save").waitFor();
  await measured("quick create", "[role=dialog]");
  await visit(page, routes.list);
  await at(page, "list.filter").tap();
  await at(page, "filter.apply").waitFor();
  await measured("the filter", "main");
  await at(page, "search").tap();
  await page.getByRole("option").first().waitFor();
  await measured("the palette", "dialog[open]");
  assert.deepEqual(found, []);
  page.assertClean();
});

test("what one does most is at the thumb", async () => {
  const low = async (name) => {
    const { y, height } = await at(page, name).last().boundingBox();
    assert.ok(y + height / 2 > phone.viewport.height / 2, `${name} is at ${y} px`);
  };
  for (const address of [routes.home, routes.list, routes.record]) {
    await visit(page, address);
    await low("new");
  }
  await low("compose.note");
  await visit(page, routes.new);
  await low("form.save");
  await at(page, "new").tap();
  await at(page, "quick.save").waitFor();
  await low("quick.save");
});

test("each field brings the keys it needs", async () => {
  const modeOf = (field) => at(page, `field.${field}`).getAttribute("inputmode");
  await visit(page, routes.new);
  assert.equal(await modeOf("mobile"), "tel");
  assert.equal(await modeOf("email"), "email");
  assert.equal(await modeOf("website"), "url");
  await visit(page, "/o/opportunity/new");
  assert.equal(await modeOf("amount"), "decimal");
});

test("a card of the board goes to another stage by its menu", async () => {
  await visit(page, everywhere().board);
  const card = page.locator('[data-testid^="kanban.card."]').first();
  await card.getByRole("button").first().tap();
  const moved = page.waitForResponse((response) => response.request().method() === "PATCH");
  await page.getByRole("menuitem", { name: "合同签订" }).tap();
  assert.equal((await moved).status(), 200);
  const id = routes.deal.split("/").at(-1);
  const { data } = await api(page, "GET", `/records/opportunity/${id}`);
  assert.equal(data.stage, "contract");
  page.assertClean();
});

test("lines of a form change places by a tap, too", async () => {
  await visit(page, "/o/opportunity/new");
  await at(page, "tab.products").tap();
  for (const what of ["传感器", "电缆"]) {
    await at(page, "field.lines.add").tap();
    await at(page, "field.lines").locator("input[data-testid$=description]").last().fill(what);
  }
  await at(page, "field.lines.1.move").tap();
  await page.getByRole("menuitem", { name: "上移一行" }).tap();
  await at(page, "field.lines").getByText("已移到第 1 行").waitFor();
  await soon(async () =>
    assert.equal(await at(page, "field.lines.0.description").inputValue(), "电缆"),
  );
  assert.deepEqual(await smallTargets(page, "[data-testid='field.lines']"), []);
  page.assertClean();
});
