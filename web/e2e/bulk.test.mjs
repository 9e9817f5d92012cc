/** One value for thousands of records: looked at before, done beside other work, and given back. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { api, at, axeClean, choose, openPageOf, soon, start } from "./harness.mjs";

const matching = 5_012;
const others = 500;
const frozen = 12;

const { server, browser, page } = await start();

const parcel = {
  kind: "object",
  name: "parcel",
  title: "包裹",
  plural: "包裹",
  type: "object",
  display: "name",
  required: ["name"],
  properties: {
    name: { field: "text", title: "名称" },
    route: { field: "text", title: "线路", index: true },
    holder: { field: "user", title: "负责人" },
    frozen: { field: "boolean", title: "冻结" },
  },
  rules: [
    {
      name: "frozen",
      assert: "!frozen || holder == null",
      message: "冻结的包裹不能分配。",
      at: ["holder"],
    },
  ],
};

/** What belongs to whom, of all records, as one number. */
async function checksum() {
  const sum = createHash("sha256");
  let cursor;
  do {
    const asked = { fields: ["id", "holder"], sort: ["id"], limit: 1000, cursor };
    const { data, page: next } = await api(page, "POST", "/records/parcel/_query", asked);
    for (const { id, holder } of data) sum.update(`${id}:${holder}\n`);
    cursor = next.next ?? undefined;
  } while (cursor);
  return sum.digest("hex");
}

const long = { timeout: 120_000 };

test("thousands of records get another owner, and theirs back", { timeout: 240_000 }, async () => {
  await api(page, "POST", "/meta/_apply", { definitions: [parcel] });
  const rep = await openPageOf(browser, server, page, "rep2", []);
  const me = (await api(page, "GET", "/me")).data.id;
  const operations = Array.from({ length: matching + others }, (_, n) => ({
    op: "create",
    values: {
      name: `包裹 ${n}`,
      route: n < matching ? "东线" : "西线",
      frozen: n < frozen,
      holder: n < frozen ? null : me,
    },
  }));
  await api(page, "POST", "/records/parcel/_batch", { operations });
  const before = await checksum();

  await page.goto(`/o/parcel?where=${encodeURIComponent('route == "东线"')}&sort=name`);
  await at(page, "list.total").filter({ hasText: "5,012" }).waitFor();
  await page.locator('[data-cell="0:1"]').focus();
  await page.keyboard.press("Control+a");
  await at(page, "list.selected").filter({ hasText: "5,012" }).waitFor();
  await at(page, "bulk.edit").click();
  await choose(page, "bulk.field", "负责人");
  await choose(page, "bulk.value", "rep2");
  const preview = at(page, "bulk.preview");
  await preview.filter({ hasText: "将修改 5,000 条记录" }).waitFor(long);
  await soon(async () => assert.match(await preview.innerText(), /12 条会被拦下/));
  await soon(async () => assert.match(await preview.innerText(), /12 条：.*冻结的包裹不能分配/));
  await axeClean(page, "the preview of a change of thousands");
  await photograph("bulk-thousands");
  assert.equal(await checksum(), before, "the preview writes nothing");

  await at(page, "bulk.start").click();
  await at(page, "bulk.progress").waitFor();
  await at(page, "column.name").click();
  await page.waitForURL(/sort=-name/);
  await page.locator('[data-cell="0:1"]').filter({ hasText: "包裹 999" }).waitFor();
  await at(page, "toast").filter({ hasText: "已修改 5,000 条记录" }).waitFor(long);
  const taken = `holder == "${rep.person.id}"`;
  const { page: counted } = await api(
    page,
    "GET",
    `/records/parcel?count=exact&limit=1&where=${encodeURIComponent(taken)}`,
  );
  assert.equal(counted.total, 5_000);
  assert.notEqual(await checksum(), before);
  await at(page, "toast.action").click();
  await at(page, "toast").filter({ hasText: "已撤销" }).waitFor(long);
  assert.equal(await checksum(), before, "everybody has what was his");
  page.assertClean();
});

async function photograph(name) {
  if (!process.env.SHOTS) return;
  await mkdir(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
}
