/** Keys of programs: limited to what one chooses, told once, seen where they belong. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, choose, openPage, soon, start } from "./harness.mjs";

const { page, browser, server } = await start({ templates: ["lead", "crm"] });
await api(page, "POST", "/records/lead", { name: "张伟", company: "云图科技" });
await api(page, "POST", "/records/account", { name: "江南制造" });

/** What a key is answered. */
async function asked(key, path, body) {
  const answer = await fetch(`${server.url}/api/v1${path}`, {
    method: body ? "POST" : "GET",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  return answer.status;
}

test("a key is limited to what one chooses, and says so wherever it is shown", async () => {
  await page.goto("/settings/keys");
  await at(page, "keys.new").click();
  const dialog = at(page, "newKey");
  await at(page, "newKey.name").fill("官网表单");
  await at(page, "newKey.limited").check();
  await soon(async () =>
    assert.ok(await at(page, "newKey.create").isDisabled(), "it would reach nothing"),
  );
  await choose(dialog, "newKey.write", "线索");
  await choose(dialog, "newKey.read", "客户");
  await choose(dialog, "newKey.abilities", "导出");
  await at(page, "newKey.name").click();
  await page.locator(".ant-select-dropdown:visible").waitFor({ state: "detached" });
  await axeClean(page, "the dialog of a limited key");
  await at(page, "newKey.create").click();
  const key = await at(page, "newKey.token").innerText();
  await at(page, "newKey.done").click();
  const row = at(page, "keys").getByRole("listitem");
  await row.getByText("可读写：线索").waitFor();
  await row.getByText("只读：客户").waitFor();
  await row.getByText("功能：导出").waitFor();
  await axeClean(page, "the keys with a limited one");

  assert.equal(await asked(key, "/records/lead"), 200);
  assert.equal(await asked(key, "/records/account"), 200);
  assert.equal(await asked(key, "/records/opportunity"), 404);
  const lead = { name: "李静", company: "海蓝教育" };
  assert.equal(await asked(key, "/records/lead", lead), 201);
  assert.equal(await asked(key, "/records/account", { name: "华芯半导体" }), 403);
  assert.equal(await asked(key, "/exports", { object: "lead" }), 202);
  assert.equal(await asked(key, "/imports"), 403);

  await page.goto("/settings/audit");
  await page.getByText("可读写：线索").first().waitFor();
  page.assertClean();
});

test("who manages people sees the keys of everybody, and revokes one at once", async () => {
  const ask = { email: "lin@example.com", name: "林晓", roles: ["sales_rep"] };
  const invited = await api(page, "POST", "/invitations", ask);
  const lin = await openPage(browser, server);
  await lin.goto(invited.data.link);
  await at(lin, "join.password").fill("seven green apples fall");
  await at(lin, "join.submit").click();
  await at(lin, "me").waitFor();
  const made = await api(lin, "POST", "/tokens", { name: "报表", scopes: { lead: "read" } });
  await lin.goto("/settings/keys");
  await at(lin, "keys").getByText("只读：线索").waitFor();
  await soon(async () => assert.equal(await at(lin, "heldKeys").count(), 0));
  await page.goto("/settings/keys");
  const row = at(page, `heldKeys.${made.data.id}`);
  await row.getByRole("rowheader", { name: "林晓" }).waitFor();
  await row.getByText("只读：线索").waitFor();
  await axeClean(page, "the keys of everybody");
  assert.equal(await asked(made.data.token, "/records/lead"), 200);
  await at(page, `heldKeys.${made.data.id}.revoke`).click();
  await at(page, "revoke.confirm").click();
  await row.waitFor({ state: "detached" });
  assert.equal(await asked(made.data.token, "/records/lead"), 401);
  lin.assertClean();
  page.assertClean();
});
