/**
 * A lead becomes a customer that is there already, by somebody who sells: in three activations, with
 * what was said about it, and the way back.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, start } from "./harness.mjs";

const { page } = await start({ templates: ["lead", "crm"] });
const make = async (object, values) =>
  (await api(page, "POST", `/records/${object}?allow=duplicates`, values)).data.id;
const account = await make("account", { name: "云图科技股份有限公司" });
const lead = await make("lead", { name: "张伟", company: "云图科技有限公司" });
await make("followup", {
  subject: "要案例",
  method: "call",
  related_to: { object: "lead", id: lead },
});
await api(page, "POST", `/records/lead/${lead}/comments`, { text: "展会上认识的" });

test("a lead becomes the account that matches it, in two activations", async () => {
  await page.goto(`/o/lead/${lead}`);
  await at(page, "record.convert").click();
  await at(page, `convert.account.${account}`).waitFor();
  await page.locator(`[data-testid="convert.account.${account}"]:checked`).waitFor();
  await axeClean(page, "a conversion");
  await at(page, "convert.submit").click();
  await at(page, "conversion").waitFor();
  await axeClean(page, "a lead that was converted");
});

test("what was said about the lead stands on the account", async () => {
  const { data } = await api(page, "GET", `/records/account/${account}/comments`);
  assert.equal(data[0].text, "展会上认识的");
  const talks = await api(page, "GET", "/records/followup");
  assert.deepEqual(talks.data[0].related_to, { object: "account", id: account });
});

test("undoing it restores the lead and removes only what it made", async () => {
  await at(page, "conversion.undo").click();
  await at(page, "record.convert").waitFor();
  assert.equal((await api(page, "GET", "/records/contact?count=exact")).page.total, 0);
  assert.equal((await api(page, "GET", "/records/account?count=exact")).page.total, 1);
  const { data } = await api(page, "GET", `/records/lead/${lead}/comments`);
  assert.equal(data.length, 1);
  page.assertClean();
});
