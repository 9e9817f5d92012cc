/**
 * A record is shared: one person opens it to another, who finds it, may edit it once he is given that,
 * cannot pass it on, and no longer sees it after it was taken back.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, openPage, openPageOf, soon, start } from "./harness.mjs";
import { smallTargets } from "./targets.mjs";

const { server, browser, page, storageState } = await start();
const own = {
  object: "lead",
  actions: ["create", "read", "update"],
  scope: "own",
  fields: { read: ["*"], update: ["*"] },
};
await api(page, "POST", "/meta/_apply", {
  definitions: [
    { kind: "role", name: "clerk", title: "文员", grants: [own] },
    {
      kind: "role",
      name: "reader",
      title: "只看姓名",
      grants: [{ ...own, fields: { read: ["*", "-company"], update: ["*", "-company"] } }],
    },
  ],
});
const li = await openPageOf(browser, server, page, "李静", ["clerk"]);
const zhou = await openPageOf(browser, server, page, "周宁", ["clerk"]);
const sun = await openPageOf(browser, server, page, "孙阳", ["reader"]);
const { data: lead } = await api(page, "POST", "/records/lead", {
  name: "赵磊",
  company: "云图科技",
  owner: li.person.id,
});
const record = `/o/lead/${lead.id}`;

async function openShare(who) {
  await who.goto(record);
  await at(who, "record.more").click();
  await at(who, "menu.share").click();
  await at(who, "share.with.none").or(at(who, "share.form")).or(at(who, "share.given")).waitFor();
}

async function pick(who, name) {
  const box = at(who, "share.to");
  await box.click();
  await who.keyboard.type(name);
  const option = who.locator(".ant-select-item-option", { hasText: name }).first();
  const chosen = box.filter({ hasText: name });
  // What was found meanwhile may take the place of the option that is being pressed.
  await soon(async () => {
    await option.click({ timeout: 1_000 }).catch(() => {}); // it may be chosen, and gone
    await chosen.waitFor({ timeout: 1_000 });
  });
}

test("who has a record shares it, and the other sees it", async () => {
  await zhou.goto(record);
  await at(zhou, "missing").waitFor();
  await openShare(li);
  await at(li, "share.none").waitFor();
  await axeClean(li, "sharing a record");
  await pick(li, "周宁");
  await at(li, "share.send").click();
  await at(li, `share.with.user.${zhou.person.id}`).filter({ hasText: "可查看" }).waitFor();
  await axeClean(li, "with whom a record is shared");
  await zhou.goto(record);
  await at(zhou, "record.name").filter({ hasText: "赵磊" }).waitFor();
  await soon(async () => assert.equal(await at(zhou, "record.edit").count(), 0, "to look at only"));
  await at(zhou, "record.more").click();
  await at(zhou, "menu.access").waitFor();
  await soon(async () =>
    assert.equal(await at(zhou, "menu.share").count(), 0, "who only sees it does not share it"),
  );
});

test("what opens more than one has oneself is refused with the reason, and nothing is shared", async () => {
  await api(page, "PATCH", `/records/lead/${lead.id}`, { owner: sun.person.id });
  await openShare(sun);
  await pick(sun, "李静");
  await at(sun, "share.send").click();
  await at(sun, "share.form").getByText("不能授予自己没有的权限").first().waitFor();
  sun.expectRefusal(422);
  await soon(async () => assert.equal(await at(sun, `share.with.user.${li.person.id}`).count(), 0));
  await api(page, "PATCH", `/records/lead/${lead.id}`, { owner: li.person.id });
});

test("a share is changed: the other may edit, but not pass it on", async () => {
  await openShare(li);
  await at(li, `share.change.${zhou.person.id}`).click();
  await at(li, "share.access").getByText("可编辑").click();
  await at(li, "share.send").click();
  await at(li, `share.with.user.${zhou.person.id}`).filter({ hasText: "可编辑" }).waitFor();
  await zhou.goto(record);
  await at(zhou, "record.edit").waitFor();
  await openShare(zhou);
  await at(zhou, "share.given").waitFor();
  await soon(async () => assert.equal(await at(zhou, "share.form").count(), 0));
  await soon(async () => assert.equal(await at(zhou, `share.end.${zhou.person.id}`).count(), 0));
});

test("it is taken back, given again by undo, and taken back for good", async () => {
  await openShare(li);
  await at(li, `share.end.${zhou.person.id}`).click();
  await at(li, "share.none").waitFor();
  await li.getByRole("button", { name: "撤销" }).click();
  await at(li, `share.with.user.${zhou.person.id}`).filter({ hasText: "可编辑" }).waitFor();
  await at(li, `share.end.${zhou.person.id}`).click();
  await at(li, "share.none").waitFor();
  await zhou.goto(record);
  await at(zhou, "missing").waitFor();
  zhou.expectRefusal(404);
  for (const one of [li, zhou, sun]) one.assertClean();
});

test("on a phone it is a sheet at a thumb's reach, to a team and until a day", async () => {
  const { data: team } = await api(page, "POST", "/records/team", { name: "华东组", code: "east" });
  const viewport = { width: 390, height: 844 };
  const phone = await openPage(browser, server, {
    viewport,
    storageState,
    hasTouch: true,
    isMobile: true,
  });
  await openShare(phone);
  await at(phone, "share.kind").getByText("团队").click();
  await pick(phone, "华东组");
  await at(phone, "share.until").click();
  await phone.keyboard.type("2099-05-01 18:00");
  await phone.keyboard.press("Enter");
  assert.deepEqual(await smallTargets(phone, ".ant-drawer"), []);
  await at(phone, "share.send").click();
  const row = at(phone, `share.with.team.${team.id}`);
  await row.filter({ hasText: "2099" }).waitFor();
  await axeClean(phone, "sharing on a phone");
  phone.assertClean();
});
