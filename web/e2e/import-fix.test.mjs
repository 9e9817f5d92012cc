/**
 * A dirty table is made clean while it is imported: cells are corrected in place, replaced in their
 * whole column and left out, in the reader's language, without sending the file again.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { api, at, axeClean, choose, soon, start } from "./harness.mjs";

const { page } = await start({ templates: ["lead", "crm"] });

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
  await page.waitForFunction(() =>
    /^import\.cell\.[35]\.mobile$/.test(document.activeElement?.dataset.testid),
  );

  await at(page, "import.cell.3.source.menu").click();
  await at(page, "menu.replace").click();
  await choose(page, "import.replaceWith", "转介绍");
  await axeClean(page, "replacing in a column");
  await corrected(() => at(page, "import.replaceAll").click());
  await corrected(() => at(page, "import.leave.5").click());

  await page.reload();
  await at(page, "import.again").waitFor();
  await soon(async () =>
    assert.equal(await cell(2, "mobile").inputValue(), "13800138002", "corrections are kept"),
  );
  await soon(async () =>
    assert.equal(await cell(4, "source").inputValue(), "转介绍", "in the whole column"),
  );
  await soon(async () => assert.ok(await cell(5, "mobile").isDisabled()));
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

/** Does something on the page that makes the server work out the import anew, and waits for it. */
async function mapped(act) {
  const answer = page.waitForResponse(
    (response) => response.request().method() === "PATCH" && /imports\/[^/]+$/.test(response.url()),
  );
  await act();
  assert.equal((await answer).status(), 200);
}

/** Says what people call things, in both languages, and that visits are paid to accounts. */
async function describeVisits() {
  const { data: texts } = await api(page, "GET", "/meta/translation/zh-CN?raw=true");
  const exhibition = "object/visit/properties/source/oneOf/exhibition/title";
  await api(page, "POST", "/meta/_apply", {
    definitions: [
      {
        kind: "object",
        name: "visit",
        title: "Visit",
        type: "object",
        display: "subject",
        properties: {
          subject: { field: "text", title: "Subject", unique: true },
          source: {
            field: "select",
            title: "Source",
            oneOf: [
              { const: "exhibition", title: "Exhibition" },
              { const: "call", title: "Call" },
            ],
          },
          account: { field: "lookup", target: "account", title: "Account" },
        },
      },
      { ...texts, texts: { ...texts.texts, [exhibition]: "展会" } },
    ],
  });
  await page.reload();
}

/** Asserts that no id stands on the page, but for what the kit says of a select that opens. */
async function assertNoId() {
  const texts = await page
    .locator("main")
    .locator(":not([aria-live]):not(:has(*))")
    .allInnerTexts();
  assert.doesNotMatch(texts.join("\n"), /[0-9a-f]{8}-[0-9a-f]{4}-/);
}

test("options go by label or code in either language, and records by what people call them", async () => {
  await describeVisits();
  for (const account of [
    { name: "海蓝教育", phone: "021-66669999" },
    { name: "双子", tax_id: "A1" },
    { name: "双子", tax_id: "B2" },
  ]) {
    await api(page, "POST", "/records/account?allow=duplicates", account);
  }
  await upload(
    "visit",
    "Subject,Source,Account",
    "一,展会,海蓝教育",
    "二,Exhibition,021-66669999",
    "三,exhibition,新客户",
    "四,展会,不要的",
    "五,展会,海蓝",
    "六,展会,双子",
  );
  const values = at(page, "import.column.2.values");
  await values.filter({ hasText: "4" }).waitFor();
  await soon(async () =>
    assert.equal(await at(page, "import.column.1.values").filter({ hasText: "待对应" }).count(), 0),
  );
  await values.click();
  await mapped(() => choose(page, "import.value.新客户", "新建"));
  await mapped(() => choose(page, "import.value.不要的", "留空"));
  await mapped(() => choose(page, "import.value.海蓝", "海蓝教育"));
  await at(page, "import.value.海蓝").getByText("海蓝教育").waitFor();
  await axeClean(page, "the names of records");
  await assertNoId();
  await at(page, "import.plan").click();
  await counted("create", 5);
  await counted("error", 1);
  await at(page, "import.row.6").getByText("对应多条记录").waitFor();
  await at(page, "import.made").waitFor();

  await api(page, "PATCH", "/me", { locale: "en" });
  await page.reload();
  await at(page, "import.row.6").getByText("Several records are called “双子”.").waitFor();
  await api(page, "PATCH", "/me", { locale: "zh-CN" });
  await page.reload();
  await cell(6, "account").waitFor();
  await cell(6, "account").fill("B2");
  await corrected(() => cell(6, "account").press("Enter"));
  await at(page, "import.again").click();
  await counted("create", 6);
  await at(page, "import.run").click();
  await at(page, "import.result").waitFor();
  const { data, included } = await api(page, "GET", "/records/visit?sort=subject&expand=account");
  const accounts = Object.fromEntries(
    data.map((visit) => [visit.subject, included.account[visit.account]?.display]),
  );
  assert.deepEqual(accounts, {
    一: "海蓝教育",
    二: "海蓝教育",
    三: "新客户",
    四: undefined,
    五: "海蓝教育",
    六: "双子",
  });
  assert.deepEqual([...new Set(data.map((visit) => visit.source))], ["exhibition"]);
  page.assertClean();
});

test("what is taken out comes in again without a change, and without an id to be seen", async () => {
  await page.goto("/o/visit");
  await at(page, "list.export").click();
  await page.getByText("全部列").click();
  await at(page, "export.start").click();
  const downloading = page.waitForEvent("download");
  await at(page, "export.file").click();
  const file = await (await downloading).path();
  await page.goto("/o/visit/import");
  const buffer = await readFile(file);
  const mimeType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  await at(page, "file").setInputFiles({ name: "拜访.xlsx", mimeType, buffer });
  await at(page, "import.mapping").getByText("海蓝教育").first().waitFor();
  await assertNoId();
  await at(page, "import.plan").click();
  await counted("skip", 6);
  await at(page, "import.nothing").waitFor();
  await assertNoId();
  page.assertClean();
});

test("an import is undone but for what was changed since, which is listed", async () => {
  const names = Array.from({ length: 100 }, (_, at) => `客户${String(at + 1).padStart(3, "0")}`);
  const operations = names
    .slice(0, 40)
    .map((name) => ({ op: "create", values: { name, city: "旧城", tax_id: `T-${name}` } }));
  await api(page, "POST", "/records/account/_batch?allow=duplicates", { operations });
  const before = (await api(page, "GET", "/records/account?count=exact&limit=1")).page.total;
  await upload(
    "account",
    "客户名称,统一社会信用代码,城市",
    ...names.map((name) => `${name},T-${name},新城`),
  );
  await at(page, "import.plan").click();
  await counted("create", 60);
  await counted("update", 40);
  await at(page, "import.run").click();
  await at(page, "import.result").waitFor();
  for (const name of [names[0], names[99]]) {
    const where = encodeURIComponent(`name == "${name}"`);
    const { data } = await api(page, "GET", `/records/account?where=${where}`);
    await api(page, "PATCH", `/records/account/${data[0].id}`, { city: "改过" });
  }
  await at(page, "import.undo").click();
  await at(page, "import.undoConfirm").click();
  const kept = at(page, "import.kept");
  for (const name of [names[0], names[99]]) await kept.getByRole("link", { name }).waitFor();
  await axeClean(page, "what an undo has kept");
  await soon(async () => assert.equal(await at(page, "import.undo").count(), 0));
  const total = async (where) => {
    const answer = await api(
      page,
      "GET",
      `/records/account?count=exact&limit=1&where=${encodeURIComponent(where)}`,
    );
    return answer.page.total;
  };
  assert.equal(await total("true"), before + 1);
  assert.equal(await total('city == "旧城"'), 39);
  assert.equal(await total('city == "新城"'), 0);
  page.assertClean();
});

test("on a phone and in English the rows are corrected just as well", async () => {
  await api(page, "PATCH", "/me", { locale: "en" });
  await page.setViewportSize({ width: 390, height: 844 });
  await upload("lead", "Name,Company,Mobile", "Ada,Acme,12", "Bob,Initech,13800138009");
  await at(page, "import.plan").click();
  await counted("error", 1);
  await at(page, "import.row.1").getByText("Mobile: ").waitFor();
  await axeClean(page, "the rows to correct on a phone");
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  assert.ok(!wide, "only the table scrolls aside");
  await cell(1, "mobile").fill("13800138010");
  await corrected(() => cell(1, "mobile").press("Enter"));
  await at(page, "import.again").click();
  await counted("create", 2);
  page.assertClean();
});
