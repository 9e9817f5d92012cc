/**
 * A dirty table is made clean while it is imported: cells are corrected in place, replaced in their
 * whole column and left out, in the reader's language, without sending the file again.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, at, axeClean, openPage, setUp, startBrowser, startServer } from "./harness.mjs";

let server;
let browser;
let page;

before(async () => {
  server = await startServer();
  browser = await startBrowser();
  page = await openPage(browser, server);
  await setUp(page, server, { templates: ["lead", "crm"] });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Uploads rows for an object and waits for their mapping. */
async function upload(object, ...rows) {
  await page.goto(`/o/${object}/import`);
  const buffer = Buffer.from(`${rows.join("\n")}\n`);
  await at(page, "file").setInputFiles({ name: "名单.csv", mimeType: "text/csv", buffer });
  await at(page, "import.mapping").waitFor();
}

/** Waits until a check has found so many rows of a state. */
const counted = (state, count) =>
  at(page, `import.count.${state}`)
    .filter({ hasText: new RegExp(`^${count}$`) })
    .waitFor();

/** Waits until the server has taken a correction that an act causes. */
async function corrected(act) {
  const taken = page.waitForResponse(
    (response) => response.request().method() === "PATCH" && response.url().endsWith("/rows"),
  );
  await act();
  assert.equal((await taken).status(), 200);
}

const cell = (row, field) => at(page, `import.cell.${row}.${field}`);

test("rows are corrected where they stand, and checked again without the file", async () => {
  await upload(
    "lead",
    "姓名,公司,手机,来源",
    "张伟,云图科技,13800138000,转介绍",
    "李静,海蓝教育,138,转介绍",
    "王强,启明医疗,13900139000,抖音直播",
    "赵敏,远景物流,13700137000,抖音直播",
    ",,无,无",
  );
  await at(page, "import.plan").click();
  await counted("error", 4);
  await axeClean(page, "the rows to correct");

  await cell(2, "mobile").fill("13800138002");
  await corrected(() => cell(2, "mobile").press("Enter"));
  const focused = await page.evaluate(() => document.activeElement?.dataset.testid);
  assert.match(focused, /^import\.cell\.[35]\.mobile$/, "Enter goes down the column");

  await at(page, "import.cell.3.source.menu").click();
  await at(page, "menu.replace").click();
  await at(page, "import.replaceWith").fill("转介绍");
  await axeClean(page, "replacing in a column");
  await corrected(() => at(page, "import.replaceAll").click());
  await corrected(() => at(page, "import.leave.5").click());

  await page.reload();
  await at(page, "import.again").waitFor();
  assert.equal(await cell(2, "mobile").inputValue(), "13800138002", "corrections are kept");
  assert.equal(await cell(4, "source").inputValue(), "转介绍", "in the whole column");
  assert.ok(await cell(5, "mobile").isDisabled());
  await at(page, "import.again").click();
  await counted("create", 4);
  await counted("left_out", 1);
  await axeClean(page, "the corrected rows");
  await at(page, "import.run").click();
  await at(page, "import.result").waitFor();
  const { data } = await api(page, "GET", "/records/lead?sort=name&fields=name,mobile,source");
  assert.equal(data.length, 4);
  assert.ok(data.some((lead) => lead.mobile === "+8613800138002"));
  assert.equal(new Set(data.map((lead) => lead.source)).size, 1);
  page.assertClean();
});
