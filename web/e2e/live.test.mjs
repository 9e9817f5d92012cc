/**
 * What others do is seen as it happens, in one's own rights: one's day, a list and an open record
 * follow, what changed is said once, and nothing is asked for again and again.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { admin, at, start } from "./harness.mjs";

const { server, page } = await start({ templates: ["lead", "crm"] });
const ask = await server.as(admin.email);
const lead = (await ask("POST", "/records/lead", { name: "张伟", company: "云图科技" })).data;

/** Opens a page, and waits until its changes are told of. */
async function watch(address, object) {
  const told = page.waitForResponse(
    (response) => response.url().includes("/events") && response.url().includes(`object=${object}`),
  );
  await page.goto(address);
  await told;
}
const change = (values) => ask("PATCH", `/records/lead/${lead.id}`, values);

test("a list follows, lights the row and says so", async () => {
  await watch("/o/lead", "lead");
  const row = at(page, `list.lead.row.${lead.id}`);
  await row.getByText("云图科技").waitFor();
  await change({ company: "云图科技股份" });
  await row.getByText("云图科技股份").waitFor();
  await at(page, "live.news").filter({ hasText: "1" }).waitFor({ state: "attached" });
  await ask("POST", "/records/lead", { name: "李静", company: "海蓝教育" });
  await page.getByRole("grid").getByText("李静").waitFor();
});

test("an open record and its timeline follow", async () => {
  await watch(`/o/lead/${lead.id}`, "lead");
  await at(page, "record.field.company").getByText("云图科技股份").waitFor();
  await change({ company: "云图集团" });
  await at(page, "record.field.company").getByText("云图集团").waitFor();
  await at(page, "timeline").getByText("云图集团").first().waitFor();
  const about = { object: "lead", id: lead.id };
  await ask("POST", "/records/todo", { subject: "寄样品", related_to: about });
  await at(page, "timeline").getByText("寄样品").waitFor();
});

test("one's day follows", async () => {
  await watch("/", "todo");
  await at(page, "day.today").waitFor();
  const due = new Date(Date.now() - 86_400_000).toISOString();
  const { data } = await ask("POST", "/records/todo", { subject: "催合同", due });
  await at(page, `day.row.${data.id}`).waitFor();
  await ask("PATCH", `/records/todo/${data.id}`, { status: "done" });
  await at(page, `day.row.${data.id}`).waitFor({ state: "detached" });
});

test("many changes at once are asked for together, and without changes nothing is", async () => {
  await watch("/o/lead", "lead");
  await page.getByRole("grid").getByText("李静").waitFor();
  let asked = 0;
  page.on("request", (request) => {
    if (/records\/lead\?/.test(request.url()) && request.url().includes("sort")) asked += 1;
  });
  await Promise.all(Array.from({ length: 30 }, (_, n) => change({ company: `云图 ${n}` })));
  await change({ company: "云图 30" });
  await page.getByRole("grid").getByText("云图 30", { exact: true }).waitFor();
  assert.ok(asked < 15, `${asked} requests for 30 changes`);
  page.assertClean();
});
