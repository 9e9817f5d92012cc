/**
 * Roles in words: who holds each and what it inherits, its rights cell by cell as they are written, and
 * that who may not see roles finds none.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, choose, openPageOf, soon, start } from "./harness.mjs";

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
  await cell.getByText("来自销售代表").first().waitFor();
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
  await soon(async () => assert.equal(await at(li, "menu.roles").count(), 0));
  for (const address of ["/settings/roles", "/settings/roles/clerk"]) {
    await li.goto(address);
    await at(li, "missing").waitFor();
  }
  li.assertClean();
});

/** What the dialog says that publishing would do. */
async function review() {
  await at(page, "roles.review").click();
  return at(page, "roles.publishDialog");
}

test("a change is staged, its impact said, one person looked at, and published", async () => {
  await api(page, "POST", "/records/lead", { name: "Own", company: "A", owner: li.person.id });
  await api(page, "POST", "/records/lead", { name: "Other", company: "B" });
  await page.goto("/settings/roles/sales_rep");
  await at(page, "roles.cell.lead.delete").focus();
  for (const word of ["本团队", "下属", "本部门", "本部门及下级", "公海中待领取的", "全部", "无"]) {
    await page.keyboard.press(" ");
    await at(page, "roles.cell.lead.delete").getByText(word, { exact: true }).waitFor();
  }
  await at(page, "roles.cell.lead.read").click();
  await choose(page, "roles.scope", "全部");
  await axeClean(page, "the scope of a cell");
  await at(page, "roles.cellUse").click();
  await at(page, "roles.ability.export").getByRole("checkbox").uncheck();
  await choose(page, "roles.person", "liwei");
  await at(page, "roles.prospect.lead.read").getByText("1 条 → 2 条").waitFor();
  await at(page, "roles.prospect.lead.delete").getByText("1 条 → 无").waitFor();
  await axeClean(page, "a role that is changed");
  const dialog = await review();
  await dialog.getByText("1 人将失去 1 条线索记录的删除权").waitFor();
  await dialog.getByText("1 人将获得 1 条线索记录的查看权").waitFor();
  await dialog.getByText("1 人将失去功能权限：导出").waitFor();
  await axeClean(page, "the impact of a change");
  const before = await api(page, "GET", "/meta/role/sales_rep?raw=true");
  assert.ok(before.data.abilities.includes("export"), "nothing is written before");
  await at(page, "roles.publish").click();
  await page.getByText("已发布", { exact: false }).waitFor();
  await at(page, "roles.bar").waitFor({ state: "detached" });
  const after = await api(page, "GET", "/meta/role/sales_rep?raw=true");
  assert.ok(!after.data.abilities.includes("export"));
});

test("a field is taken from one grant, and an earlier state is taken up again", async () => {
  await at(page, "roles.cell.lead.read").focus();
  await page.keyboard.press("f");
  await at(page, "roles.field.mobile.read").uncheck();
  await at(page, "roles.field.mobile.mask").check();
  await page.keyboard.press("Escape");
  let dialog = await review();
  await dialog.getByText("手机").first().waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "角色与权限" }).click();
  await at(page, "roles.stay").click();
  await at(page, "roles.discard").click();
  await page.getByRole("button", { name: "重新采用" }).first().click();
  dialog = await review();
  await dialog.getByText("1 人将获得 1 条线索记录的删除权").waitFor();
  await at(page, "roles.publish").click();
  await at(page, "roles.bar").waitFor({ state: "detached" });
});

test("what cannot be is refused with its reason, and who published meanwhile is not overwritten", async () => {
  page.expectRefusal(422);
  page.expectRefusal(409);
  await page.goto("/settings/roles/sales_rep");
  await at(page, "roles.cell.lead.read").click();
  await choose(page, "roles.scope", "按规则");
  await at(page, "roles.ruleText").fill("nothing == 1");
  await at(page, "roles.cellUse").click();
  await review();
  await at(page, "roles.refused").getByText("nothing", { exact: false }).first().waitFor();
  await page.keyboard.press("Escape");
  await at(page, "roles.undo").click();
  await at(page, "roles.ability.bulk_edit").getByRole("checkbox").check();
  const { data } = await api(page, "GET", "/meta/role/sales_rep?raw=true");
  await api(page, "POST", "/meta/_apply", {
    definitions: [{ ...data, description: "Changed by somebody." }],
  });
  await review();
  await at(page, "roles.keepMine").click();
  await review();
  await at(page, "roles.publish").click();
  await at(page, "roles.bar").waitFor({ state: "detached" });
});

test("a role is made of another, and deleted while nobody holds it", async () => {
  await page.goto("/settings/roles");
  await at(page, "roles.new").click();
  await at(page, "roles.newChinese").fill("见习销售");
  await at(page, "roles.newEnglish").fill("Trainee");
  await choose(page, "roles.beginAs", "销售代表");
  await axeClean(page, "a new role");
  await at(page, "roles.make").click();
  await page.waitForURL(/roles\/trainee$/);
  await page.getByRole("heading", { name: "见习销售 Trainee" }).waitFor();
  await at(page, "roles.cell.lead.read").waitFor();
  await at(page, "role.more").click();
  await at(page, "menu.delete").click();
  await at(page, "roles.deleteAgreed").click();
  await page.waitForURL(/settings\/roles$/);
  await at(page, "roles.trainee").waitFor({ state: "detached" });
  page.assertClean();
});

test("more records are closed, by an expression that is checked while it is written", async () => {
  await page.goto("/settings/roles/sales_rep");
  await at(page, "roles.restrictAdd").click();
  await choose(page, "roles.restrictObject", "线索");
  for (const action of ["create", "update"]) {
    await at(page, `roles.restrictAction.${action}`).uncheck();
  }
  await at(page, "roles.restrictWhere").fill("score > ");
  await page.locator('[data-testid="roles.restrictWhere"][aria-invalid="true"]').waitFor();
  await axeClean(page, "a restriction with what is wrong");
  await at(page, "roles.restrictWhere").fill('name == "Own"');
  await at(page, "roles.restrictUse").click();
  await page.getByText("线索（查看和删除），当").waitFor();
  let dialog = await review();
  await dialog.getByText("1 人将失去 1 条线索记录的查看权").waitFor();
  await page.keyboard.press("Escape");
  await at(page, "roles.restrictRemove").click();
  await at(page, "roles.bar").getByText("0 处").waitFor();
  await at(page, "roles.undo").click();
  await at(page, "roles.restrictChange").click();
  await at(page, "roles.restrictWhere").fill('name == "Other"');
  await at(page, "roles.restrictUse").click();
  dialog = await review();
  await at(page, "roles.publish").click();
  await at(page, "roles.bar").waitFor({ state: "detached" });
  const { data } = await api(page, "GET", "/meta/role/sales_rep?raw=true");
  assert.deepEqual(data.restrict, [
    { object: "lead", actions: ["read", "delete"], where: 'name == "Other"' },
  ]);
  page.assertClean();
});

test("two roles are compared side by side", async () => {
  await at(page, "role.more").click();
  await at(page, "menu.compare").click();
  await choose(page, "roles.compareWith", "Clerk");
  const dialog = at(page, "roles.compareDialog");
  await dialog.getByRole("row", { name: "线索 · 查看" }).getByText("score > 50").waitFor();
  await dialog.getByRole("row", { name: "线索（查看），当 do_not_call" }).getByText("有").waitFor();
  await axeClean(page, "two roles beside each other");
  await page.keyboard.press("Escape");
  page.assertClean();
});
