/**
 * A pasted table is looked at, imported and taken back, by somebody who then finds that others have
 * worked with a part of it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, soon, start } from "./harness.mjs";

const { page } = await start({ templates: ["lead", "crm"] });

const total = async () => (await api(page, "GET", "/records/account?count=exact")).page.total;

test("a pasted table is mapped by its titles, and checking it writes nothing", async () => {
  await page.goto("/o/account/import");
  await at(page, "import.paste").click();
  await at(page, "import.pasteText").fill(
    [
      "客户名称\t电话\t城市",
      "云图科技\t02166668888\t上海",
      "海蓝教育\t02166669999\t北京",
      "启明医疗\t02166660000\t杭州",
    ].join("\n"),
  );
  await axeClean(page, "a table that is pasted");
  await at(page, "import.pasteTake").click();
  await at(page, "import.mapping").waitFor();
  await at(page, "import.plan").click();
  await at(page, "import.count.create").filter({ hasText: "3" }).waitFor();
  assert.equal(await total(), 0);
});

test("undoing an import takes back all but what was changed since, and links to that", async () => {
  await at(page, "import.run").click();
  await at(page, "import.result").waitFor();
  assert.equal(await total(), 3);
  const { data } = await api(page, "GET", "/records/account?sort=name");
  await api(page, "PATCH", `/records/account/${data[0].id}`, { city: "广州" });
  await at(page, "import.undo").click();
  await at(page, "import.undoConfirm").click();
  await at(page, "import.kept").getByRole("link", { name: data[0].name }).waitFor();
  await axeClean(page, "an import that was undone");
  await soon(async () => assert.equal(await at(page, "import.undo").count(), 0));
  assert.equal(await total(), 1);
  page.assertClean();
});
