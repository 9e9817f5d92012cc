/**
 * Somebody is away: he says who stands in, everybody sees it at his records, and whoever stands in is
 * told of what he is given; who manages people does it for who fell ill, and ends it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, openPageOf, soon, start } from "./harness.mjs";

const { page, browser, server } = await start();
const li = await openPageOf(browser, server, page, "李静", ["sales_rep"]);
const zhao = await openPageOf(browser, server, page, "赵敏", ["sales_director"]);

/** Chooses the person who stands in, and until when; Enter sends it. */
async function lets(who, name, until) {
  await at(who, "away.to").click();
  await who.keyboard.type(name);
  const option = who.locator(".ant-select-item-option", { hasText: name }).first();
  await soon(async () => {
    await option.click({ timeout: 1_000 }).catch(() => {}); // it may be chosen, and gone
    await at(who, "away.to").filter({ hasText: name }).waitFor({ timeout: 1_000 });
  });
  await at(who, "away.until").click();
  await who.keyboard.type(until);
  await who.keyboard.press("Enter");
}

test("one says who stands in, and for how long", async () => {
  await li.goto("/settings/profile");
  await at(li, "away.form").waitFor();
  li.expectRefusal(422);
  await lets(li, "赵敏", "2020-01-01 18:00");
  await at(li, "away.form").locator("[aria-invalid=true]").waitFor();
  await axeClean(li, "an absence with what is wrong");
  await at(li, "away.until").click();
  await li.keyboard.press("Control+A");
  await li.keyboard.type(`${new Date().getFullYear() + 1}-01-01 18:00`);
  await li.keyboard.press("Enter");
  await at(li, "away.list").getByText("由赵敏代理").waitFor();
  li.assertClean();
});

test("who stands in is told in the other's place, and his records say so", async () => {
  const { data: lead } = await api(page, "POST", "/records/lead", {
    name: "张伟",
    company: "云图科技",
    owner: li.person.id,
  });
  await zhao.goto("/notifications");
  await at(zhao, "notifications.list").getByText("王晓明把这条线索交给了李静，由你代理").waitFor();
  await axeClean(zhao, "what one is told in another's place");
  await zhao.goto(`/o/lead/${lead.id}`);
  await at(zhao, `away.${li.person.id}`).getByText("由赵敏代理").waitFor();
  await axeClean(zhao, "a record of who is away");
  zhao.assertClean();
});

test("who manages people sees who is away, and ends it", async () => {
  await page.goto("/settings/people");
  await at(page, `away.${li.person.id}`).getByText("由赵敏代理").waitFor();
  await at(page, `people.${li.person.id}.actions`).click();
  await at(page, "menu.away").click();
  await at(page, "away.list").getByText("由赵敏代理").waitFor();
  await axeClean(page, "who stands in for another");
  await at(page, "away.end").click();
  await at(page, "away.list").waitFor({ state: "detached" });
  await zhao.reload();
  await at(zhao, "record.name").waitFor();
  await soon(async () => assert.equal(await at(zhao, `away.${li.person.id}`).count(), 0));
  page.assertClean();
});
