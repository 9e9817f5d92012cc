/**
 * What a form asks for is asked for however a record is written: in the full form, in passing, in a
 * cell, in many records at once, by an import and by another program. The same is taken and the same
 * is refused; and what a choice does to the rest is said.
 */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { api, at, choose, soon, start } from "./harness.mjs";

const province = [
  { const: "zhejiang", title: "浙江" },
  { const: "jiangsu", title: "江苏" },
];
const city = [
  { const: "hangzhou", title: "杭州", when: ["zhejiang"] },
  { const: "suzhou", title: "苏州", when: ["jiangsu"] },
];
const definitions = [
  {
    kind: "object",
    name: "bid",
    title: "投标",
    plural: "投标",
    type: "object",
    display: "name",
    required: ["name"],
    properties: {
      name: { field: "text", title: "名称" },
      type: {
        field: "select",
        title: "类型",
        oneOf: [
          { const: "open", title: "直接采购" },
          { const: "tender", title: "招标" },
        ],
      },
      number: { field: "text", title: "招标编号" },
      province: { field: "select", title: "省", oneOf: province },
      city: { field: "select", title: "市", dependsOn: "province", oneOf: city },
      phone: { field: "phone", title: "电话" },
    },
    behaviours: {
      duplicates: [{ action: "warn", match: [{ field: "phone", by: "exact" }] }],
    },
  },
  {
    kind: "form",
    name: "bid_default",
    object: "bid",
    title: "投标",
    quick: ["name", "type", "province", "city", "phone"],
    sections: [
      {
        fields: [
          "name",
          "type",
          { field: "number", showIf: 'type == "tender"', requiredIf: 'type == "tender"' },
          "province",
          "city",
          "phone",
        ],
      },
    ],
  },
  {
    kind: "view",
    name: "bid_all",
    object: "bid",
    title: "全部",
    type: "table",
    columns: ["name", "type", "number", "province", "city", "phone"],
    sort: ["-created_at"],
  },
  { kind: "app", name: "bids", title: "投标", items: [{ object: "bid" }] },
];

const { page } = await start();
await api(page, "POST", "/meta/_apply", { definitions });
let seed;

beforeEach(async () => {
  const values = { name: "智慧园区", type: "open", province: "zhejiang", city: "hangzhou" };
  seed = (await api(page, "POST", "/records/bid", values)).data.id;
});

const news = () => at(page, "form.news");
const quick = (name) => at(page, "quick").locator(`[data-testid="${name}"]`);
const read = async () => (await api(page, "GET", `/records/bid/${seed}`)).data;

/** Opens the list, and the cell of a field of the record. */
async function openCell(field) {
  await page.goto("/o/bid");
  const cell = at(page, `list.bid.row.${seed}.cell.${field}`);
  await cell.click();
  await page.keyboard.press("F2");
  await at(page, "cell.editor").waitFor();
}

/** Picks one of the choices that a cell has opened. */
const pick = (label) => page.locator(".ant-select-item-option", { hasText: label }).first().click();

test("the full form shows and requires a number for a tender, and says so", async () => {
  await page.goto("/o/bid/new");
  await at(page, "field.name").fill("地铁三号线");
  await soon(async () => assert.equal(await at(page, "field.number").count(), 0));
  await choose(page, "field.type", "招标");
  await at(page, "field.number").waitFor();
  await news().filter({ hasText: "已显示 1 个字段" }).waitFor();
  await at(page, "form.save").click();
  await at(page, "form.faults").filter({ hasText: "招标编号" }).waitFor();
  await choose(page, "field.type", "直接采购");
  await news().filter({ hasText: "已隐藏 1 个字段" }).waitFor();
  await choose(page, "field.type", "招标");
  await at(page, "field.number").fill("ZB-1");
  await at(page, "form.save").click();
  await at(page, "record.name").filter({ hasText: "地铁三号线" }).waitFor();
  page.assertClean();
});

test("another province empties a city that is not in it, with a notice", async () => {
  await page.goto(`/o/bid/${seed}?edit=`);
  await choose(page, "field.province", "江苏");
  await at(page, "form.note.city").filter({ hasText: "省" }).waitFor();
  await news().filter({ hasText: "已清空" }).waitFor();
  await choose(page, "field.city", "苏州");
  await at(page, "form.save").click();
  await at(page, "record.field.city").filter({ hasText: "苏州" }).waitFor();
  page.assertClean();
});

test("so it is in passing", async () => {
  await page.goto("/o/bid");
  await at(page, "new").click();
  await quick("field.name").fill("快速路");
  await choose(page, "field.type", "招标");
  await quick("field.number").waitFor();
  await quick("quick.save").click();
  await quick("form.faults").filter({ hasText: "招标编号" }).waitFor();
  await choose(page, "field.province", "浙江");
  await choose(page, "field.city", "杭州");
  await choose(page, "field.province", "江苏");
  await quick("form.note.city").waitFor();
  await quick("field.number").fill("ZB-2");
  await quick("quick.save").click();
  await at(page, "quick").waitFor({ state: "detached" });
  const { data } = await api(page, "GET", "/records/bid?limit=1&sort=-created_at");
  assert.deepEqual([data[0].number, data[0].province, data[0].city], ["ZB-2", "jiangsu", null]);
  page.assertClean();
});

test("and in a cell: what it asks for is asked for, what no longer goes with it is emptied and said", async () => {
  await openCell("type");
  await pick("招标");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("招标编号").first().waitFor();
  assert.equal((await read()).type, "open", "nothing is saved without it");
  await dialog.getByRole("textbox").fill("ZB-3");
  await dialog.getByRole("button", { name: "保存" }).click();
  await dialog.waitFor({ state: "detached" });
  await at(page, `list.bid.row.${seed}.cell.number`).filter({ hasText: "ZB-3" }).waitFor();

  await openCell("province");
  await pick("江苏");
  await at(page, "toast").filter({ hasText: "市与“省”的新值不符，已清空。" }).waitFor();
  assert.deepEqual([(await read()).province, (await read()).city], ["jiangsu", null]);
  await at(page, "toast.action").click();
  await at(page, `list.bid.row.${seed}.cell.city`).filter({ hasText: "杭州" }).waitFor();
  page.assertClean();
});

/** What every way must say to the same values: taken, or the field that is refused. */
const matrix = [
  [{ type: "tender" }, "number"],
  [{ type: "tender", number: "ZB-9" }, null],
  [{ province: "jiangsu" }, "city"],
  [{ province: "jiangsu", city: "suzhou" }, null],
  [{ province: "zhejiang", city: "suzhou" }, "city"],
];

test("many at once, an import and another program are told the same", async () => {
  const rows = [];
  for (const [values, refused] of matrix) {
    const operations = [{ op: "update", id: seed, values }];
    const { data } = await api(page, "POST", "/records/bid/_batch", { dry_run: true, operations });
    const field = data[0].errors?.[0]?.pointer.slice(1) ?? null;
    rows.push({ values, refused, field });
  }
  for (const { values, refused, field } of rows) {
    assert.equal(field, refused, JSON.stringify(values));
  }
  await page.goto("/o/bid");
  await at(page, `list.bid.row.${seed}`).getByRole("checkbox").check();
  await at(page, "bulk.edit").click();
  await choose(page, "bulk.field", "类型");
  await choose(page, "bulk.value", "招标");
  await at(page, "bulk.preview").filter({ hasText: "1 条会被拦下" }).waitFor();
  await soon(async () => assert.match(await at(page, "bulk.preview").innerText(), /招标编号/));
  page.assertClean();
});

test("who has the phone already is told while it is typed", async () => {
  await api(page, "POST", "/records/bid", { name: "老客户", phone: "13812345678" });
  await page.goto("/o/bid/new");
  await at(page, "field.phone").fill("1381234567");
  await at(page, "field.phone").press("End");
  await page.keyboard.type("8");
  await at(page, "form.duplicates").getByRole("link", { name: "老客户" }).waitFor();
  await news().filter({ hasText: "可能已有" }).waitFor();
  page.assertClean();
});
