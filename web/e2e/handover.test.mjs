/**
 * Somebody leaves: who manages people sees what he has, gives it to a colleague with the account's
 * end, and takes it back.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, choose, soon, start } from "./harness.mjs";

const { page } = await start({ templates: ["lead", "crm"] });
const make = async (object, values) =>
  (await api(page, "POST", `/records/${object}?allow=duplicates`, values)).data;
const person = (name, email) => make("user", { name, email, roles: ["sales_rep"] });
const li = await person("李静", "li@example.com");
const zhao = await person("赵敏", "zhao@example.com");
const leads = [];
for (const name of ["张伟", "王芳", "刘洋"]) {
  leads.push(await make("lead", { name, company: "云图科技", owner: li.id }));
}
await make("todo", { subject: "发报价单", owner: li.id });
const ownerOf = async (lead) => (await api(page, "GET", `/records/lead/${lead.id}`)).data.owner;

test("what a person has is counted by kind, and what was chosen is given to a colleague", async () => {
  await page.goto("/settings/people");
  await at(page, `people.${li.id}.actions`).click();
  await at(page, "menu.leave").click();
  const dialog = at(page, "handover");
  await dialog.getByText("线索").waitFor();
  await at(page, "handover.todo").uncheck();
  await soon(async () => assert.ok(await at(page, "handover.start").isDisabled()));
  await choose(page, "handover.to", "赵敏");
  await at(page, "handover.start").filter({ hasText: "移交 3 条" }).waitFor();
  await axeClean(page, "a handover");
  await at(page, "handover.start").click();
  const row = at(page, `handovers.${li.id}`);
  await row.getByText("已移交 3 条").waitFor();
  for (const lead of leads) assert.equal(await ownerOf(lead), zhao.id);
  await at(page, `people.${li.id}`).waitFor({ state: "detached" });
  await axeClean(page, "handovers");
});

test("it is taken back, and the account works again", async () => {
  await at(page, "handovers.undo").click();
  await page.setViewportSize({ width: 390, height: 844 });
  await at(page, "people.agree").click();
  await at(page, `handovers.${li.id}`).getByText("已退回 3 条").waitFor();
  for (const lead of leads) assert.equal(await ownerOf(lead), li.id);
  await at(page, `people.${li.id}`).waitFor();
  page.assertClean();
});
