/**
 * What was deleted comes back with its family, by somebody who deleted too much; what is in the way
 * is named and taken out of it; and what nobody needs goes for good.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, soon, start } from "./harness.mjs";

const accounts = [];

const { page } = await start({ templates: ["lead", "crm"] });
await api(page, "POST", "/meta/_apply", {
  definitions: [
    {
      kind: "object",
      name: "box",
      title: "Box",
      type: "object",
      display: "name",
      unique: [["code"]],
      properties: {
        name: { field: "text", title: "Name" },
        code: { field: "text", title: "Code" },
      },
    },
    {
      kind: "object",
      name: "part",
      title: "Part",
      type: "object",
      display: "name",
      properties: {
        name: { field: "text", title: "Name" },
        box: { field: "lookup", target: "box", title: "Box", onDelete: "cascade" },
      },
    },
  ],
});
for (let n = 0; n < 40; n += 1) {
  const { data } = await api(page, "POST", "/records/box", { name: `箱子 ${n}`, code: `B${n}` });
  accounts.push(data.id);
  await api(page, "POST", "/records/part", { name: `零件 ${n}`, box: data.id });
}

const remove = (id) =>
  page.evaluate((one) => fetch(`/api/v1/records/box/${one}`, { method: "DELETE" }), id);

test("forty that were deleted come back with what belonged to them", async () => {
  for (const id of accounts) await remove(id);
  assert.equal((await api(page, "GET", "/records/part?count=exact")).page.total, 0);
  await page.goto("/bin");
  await at(page, `bin.row.${accounts[39]}`).waitFor();
  await axeClean(page, "the recycle bin");
  await at(page, "bin.all").check();
  await page.keyboard.press("r");
  await at(page, "toast").filter({ hasText: "40" }).waitFor();
  await at(page, "bin.empty").waitFor();
  await axeClean(page, "an empty recycle bin");
  for (const object of ["box", "part"]) {
    const { page: found } = await api(page, "GET", `/records/${object}?count=exact`);
    assert.equal(found.total, 40);
  }
});

test("a value that was taken meanwhile is named, and another one takes its place", async () => {
  await remove(accounts[0]);
  await api(page, "POST", "/records/box", { name: "新箱子", code: "B0" });
  await page.goto("/bin?q=箱子");
  page.expectRefusal(409);
  await at(page, `bin.choose.${accounts[0]}`).check();
  await at(page, "bin.restore").click();
  await at(page, "bin.value.code").fill("B0-旧");
  await axeClean(page, "what is in the way");
  await at(page, "bin.restoreWith").click();
  await at(page, "bin.empty").waitFor();
  const { data } = await api(page, "GET", `/records/box/${accounts[0]}`);
  assert.equal(data.code, "B0-旧");
});

test("who types the word removes for good", async () => {
  await remove(accounts[1]);
  await page.goto("/bin");
  await at(page, `bin.choose.${accounts[1]}`).check();
  await at(page, "bin.erase").click();
  await soon(async () => assert.ok(await at(page, "bin.eraseConfirm").isDisabled()));
  await at(page, "bin.typed").fill("删除");
  await at(page, "bin.eraseConfirm").click();
  await at(page, "bin.empty").waitFor();
  assert.equal((await api(page, "GET", "/records/part?count=exact")).page.total, 39);
});

test("a file goes back to the record that it was removed from", async () => {
  const record = `/records/box/${accounts[3]}`;
  await page.evaluate(async (path) => {
    const form = new FormData();
    form.append("file", new File(["合同"], "合同.txt"));
    await fetch(`/api/v1${path}/files`, { method: "POST", body: form });
  }, record);
  const [file] = (await api(page, "GET", `${record}/files`)).data;
  await api(page, "DELETE", `${record}/files/${file.id}`);
  await page.goto("/bin");
  await at(page, "tab.files").click();
  await at(page, `bin.row.${file.id}`).filter({ hasText: "合同.txt" }).waitFor();
  await axeClean(page, "the files in the recycle bin");
  await at(page, `bin.choose.${file.id}`).check();
  await page.keyboard.press("r");
  await at(page, "bin.empty").waitFor();
  await axeClean(page, "no files in the recycle bin");
  assert.equal((await api(page, "GET", `${record}/files`)).data[0].id, file.id);
});

test("a field comes back with what was in it, and an object with its view", async () => {
  const drop = (body) => api(page, "POST", "/meta/_apply", { allow: ["destructive"], ...body });
  const view = { kind: "view", name: "parts", title: "零件表", object: "part", columns: ["name"] };
  await drop({ definitions: [view] });
  const { data: box } = await api(page, "GET", "/meta/object/box?raw=true");
  const { code, ...properties } = box.properties;
  await drop({ definitions: [{ ...box, unique: [], properties }] });
  await drop({
    delete: [
      { kind: "object", name: "part" },
      { kind: "view", name: "parts" },
    ],
  });
  await page.goto("/bin?tab=definitions");
  await at(page, "bin.row.object.box.code").filter({ hasText: "Code" }).waitFor();
  await axeClean(page, "the definitions in the recycle bin");
  page.expectRefusal(422);
  await at(page, "bin.choose.view.parts").check();
  await at(page, "bin.restore").click();
  await at(page, "bin.problem").waitFor(); // its object is not there
  await at(page, "bin.all").check();
  await at(page, "bin.restore").click();
  await at(page, "bin.empty").waitFor();
  const found = await api(page, "GET", `/records/box/${accounts[3]}`);
  assert.equal(found.data.code, "B3");
  assert.equal((await api(page, "GET", "/records/part?count=exact")).page.total, 39);
});

test("in English, on a phone, each is a card", async () => {
  await api(page, "PATCH", "/me", { locale: "en" });
  await remove(accounts[2]);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/bin");
  await at(page, `bin.row.${accounts[2]}`).filter({ hasText: "1 other record" }).waitFor();
  assert.ok((await page.evaluate(() => document.scrollingElement.scrollWidth)) <= 390);
  await axeClean(page, "the recycle bin on a phone");
  page.assertClean();
});
