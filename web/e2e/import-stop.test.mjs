/**
 * A large import is paused, goes on, is canceled midway and taken back; the next file with the same
 * titles is read by the recipe of the one before.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, start } from "./harness.mjs";

const { page } = await start({ templates: ["lead", "crm"] });
const rows = 60_000;
const long = { timeout: 60_000 };

const total = async () => (await api(page, "GET", "/records/account?count=exact")).page.total;

const upload = async (count) => {
  const lines = Array.from({ length: count }, (_, n) => `客户${n},城市${n % 7},备用`);
  await page.goto("/o/account/import");
  await at(page, "file").setInputFiles({
    name: "客户.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(`单位全称,所在市,其他\n${lines.join("\n")}\n`),
  });
  await at(page, "import.mapping").waitFor(long);
};

test("how a file is read is kept as a recipe, by keyboard from step to step", async () => {
  await upload(rows);
  const path = page.url().match(/imports\/([0-9a-f-]+)/)[0];
  const columns = [
    { index: 0, field: "name" },
    { index: 1, field: "city" },
    { index: 2, field: null },
  ];
  await api(page, "PATCH", `/${path}`, { columns, match: [] });
  await page.reload();
  await at(page, "import.saveRecipe").click();
  await at(page, "import.recipeName").fill("展会名单");
  await axeClean(page, "a recipe that is saved");
  await at(page, "import.recipeSave").click();
  await at(page, "import.recipe").waitFor();
  await page.keyboard.press("Alt+ArrowRight");
  await at(page, "import.cancel").click(long);
  await at(page, "import.mapping").waitFor(long);
});

test("an import is paused, goes on, and is canceled with a way back", async () => {
  const path = page.url().match(/imports\/([0-9a-f-]+)/)[0];
  await api(page, "POST", `/${path}/run`, {});
  await page.goto(`/${path}`);
  await at(page, "import.pause").click();
  await at(page, "import.resume").waitFor(long);
  await axeClean(page, "an import that is paused");
  await at(page, "import.resume").click();
  await at(page, "import.pause").waitFor(long);
  await at(page, "import.cancel").click();
  await at(page, "import.failed").waitFor(long);
  const written = await total();
  assert.ok(written < rows, "it was canceled midway");
  if (written > 0) {
    await at(page, "import.undo").click();
    await at(page, "import.undoConfirm").click();
    await at(page, "import.result").waitFor(long);
    assert.equal(await total(), 0);
  }
});

test("the next file with the same titles is read by the recipe", async () => {
  await upload(3);
  await at(page, "import.recipe").filter({ hasText: "展会名单" }).click();
  await at(page, "import.mapped").filter({ hasText: "2" }).waitFor();
  await page.keyboard.press("Alt+ArrowRight");
  await at(page, "import.count.create").filter({ hasText: "3" }).waitFor(long);
  await page.keyboard.press("Alt+ArrowLeft");
  await at(page, "import.mapping").waitFor();
  page.assertClean();
});
