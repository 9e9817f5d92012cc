/**
 * Roles in words: who holds each and what it inherits, its rights cell by cell as they are written, and
 * that who may not see roles finds none.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, openPageOf, start } from "./harness.mjs";

const { page, browser, server } = await start({ templates: ["lead"] });
await api(page, "POST", "/meta/_apply", {
  definitions: [
    { kind: "role", name: "keeper", title: "Keeper", abilities: ["manage_roles"] },
    {
      kind: "role",
      name: "clerk",
      title: "Clerk",
      inherits: ["sales_rep"],
      grants: [
        {
          object: "lead",
          actions: ["read"],
          scope: { where: "score > 50" },
          where: "rating != null",
          fields: { read: ["*", "-city"], mask: ["mobile"] },
        },
      ],
      restrict: [{ object: "lead", actions: ["read"], where: "do_not_call" }],
    },
  ],
});
const li = await openPageOf(browser, server, page, "liwei", ["sales_rep"]);
const keeper = await openPageOf(browser, server, page, "zhaomin", ["keeper"]);

test("the list tells who holds each role, and what it inherits", async () => {
  await page.goto("/");
  await at(page, "me").click();
  await at(page, "menu.roles").click();
  const row = at(page, "roles.sales_manager");
  await row.getByText("Sales manager").waitFor();
  await row.getByText("销售代表").waitFor();
  await at(page, "roles.sales_rep").getByText("1 人").waitFor();
  await axeClean(page, "the roles");
});

test("a role is read cell by cell, with what it inherits and what stays closed", async () => {
  await page.goto("/settings/roles/clerk");
  const cell = at(page, "roles.cell.lead.read");
  await cell.getByText("score > 50").waitFor();
  await cell.getByText("rating != null").waitFor();
  await cell.getByText("来自销售代表").waitFor();
  await page.getByText("do_not_call").waitFor();
  await at(page, "roles.ability.export").getByText("来自销售代表").waitFor();
  await cell.focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  assert.equal(
    await page.evaluate(() => document.activeElement.dataset.testid),
    "roles.cell.todo.create",
  );
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("f");
  await at(page, "roles.field.mobile").waitFor();
  await axeClean(page, "the fields of a grant");
  await page.keyboard.press("Escape");
  await axeClean(page, "a role");
  page.assertClean();
});

test("who manages roles reads them; who does not finds nothing", async () => {
  await keeper.goto("/settings/roles/clerk");
  await at(keeper, "roles.cell.lead.read").waitFor();
  keeper.assertClean();
  await li.goto("/");
  await at(li, "me").click();
  await at(li, "menu.bin").waitFor();
  assert.equal(await at(li, "menu.roles").count(), 0);
  for (const address of ["/settings/roles", "/settings/roles/clerk"]) {
    await li.goto(address);
    await at(li, "missing").waitFor();
  }
  li.assertClean();
});
