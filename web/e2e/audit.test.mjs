/**
 * Who did what that concerns security: found by what, whom and when, proved to be complete, and taken
 * out as a file; for those alone who may read it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, choose, openPageOf, soon, start } from "./harness.mjs";

const { page, browser, server } = await start({ templates: ["lead"] });
await api(page, "POST", "/meta/_apply", {
  definitions: [{ kind: "role", name: "seller", title: "Seller", grants: [] }],
});
const li = await openPageOf(browser, server, page, "liwei", []);

test("a change of somebody's rights is found by what, whom and when", async () => {
  await api(page, "PATCH", `/records/user/${li.person.id}`, { roles: ["seller"] });
  await page.goto("/");
  await at(page, "me").click();
  await at(page, "menu.audit").click();
  await at(page, "audit").getByRole("row").filter({ hasText: "seller" }).first().waitFor();
  await axeClean(page, "the audit log");
  await choose(page, "audit.action", "修改人员");
  await page.waitForURL(/action=person_changed/);
  const row = at(page, "audit").getByRole("row").filter({ hasText: "– → seller" });
  await row.filter({ hasText: "liwei" }).waitFor();
  await row.getByRole("button").click();
  await at(page, "audit.person").waitFor();
  await page.goto(`${page.url()}&from=2020-01-01&to=2020-12-31`);
  await at(page, "audit.empty").waitFor();
  await axeClean(page, "an audit log without what is looked for");
});

test("the log is proved to be complete, and goes out as a file", async () => {
  await page.goto("/settings/audit");
  await at(page, "audit.verify").click();
  await page.getByRole("status").filter({ hasText: "完整" }).waitFor();
  const address = await at(page, "audit.file").getAttribute("href");
  const file = await page.evaluate(async (path) => {
    const answer = await fetch(path);
    return { kind: answer.headers.get("content-type"), text: await answer.text() };
  }, address);
  assert.match(file.kind, /csv/);
  assert.match(file.text, /person_changed/);
  page.assertClean();
});

test("who may not read it finds neither the entry of the menu nor the page", async () => {
  await li.goto("/");
  await at(li, "me").click();
  await at(li, "menu.bin").waitFor();
  await soon(async () => assert.equal(await at(li, "menu.audit").count(), 0));
  await li.goto("/settings/audit");
  await at(li, "missing").waitFor();
  li.assertClean();
});
