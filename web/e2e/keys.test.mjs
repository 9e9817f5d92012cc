/** Keys of programs: limited to what one chooses, told once, seen where they belong. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, choose, start } from "./harness.mjs";

const { page, server } = await start({ templates: ["lead", "crm"] });
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
  assert.ok(await at(page, "newKey.create").isDisabled(), "it would reach nothing");
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
