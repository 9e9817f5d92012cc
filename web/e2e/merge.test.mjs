/**
 * Two records of one customer become one, by somebody who keeps the data clean: the queue, what
 * would be made, the merge by three keys, and the way back.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, start } from "./harness.mjs";

const { page } = await start({ templates: ["lead", "crm"] });
const make = async (object, values) =>
  (await api(page, "POST", `/records/${object}?allow=duplicates`, values)).data.id;
const left = await make("account", {
  name: "云图科技有限公司",
  phone: "02166668888",
  website: "https://yuntu.example",
});
const right = await make("account", {
  name: "云图科技股份有限公司",
  phone: "02166669999",
  industry: "manufacturing",
  website: "https://www.yuntu.example",
  city: "上海",
  notes: "展会认识的",
});
for (const [account, deals, talks] of [
  [left, 2, 3],
  [right, 1, 4],
]) {
  for (let n = 1; n <= deals; n += 1) {
    await make("opportunity", {
      name: `${n} 期`,
      account,
      stage: "contacted",
      close_date: "2027-12-31",
    });
  }
  for (let n = 1; n <= talks; n += 1) {
    await make("followup", {
      subject: `通话 ${n}`,
      method: "call",
      related_to: { object: "account", id: account },
    });
  }
}
const told = await picture();

/** All values of both accounts and of what is about them, without what says when they changed. */
async function picture() {
  const all = {};
  for (const object of ["account", "opportunity", "followup"]) {
    const { data } = await api(page, "GET", `/records/${object}?sort=id&limit=100`);
    all[object] = data.map(({ version, updated_at, updated_by, ...values }) => values);
  }
  return all;
}

test("a first scan finds the pair, with how alike it is and by what", async () => {
  await page.goto("/o/account");
  await at(page, "action.duplicates").click();
  await at(page, "merge.never").waitFor();
  await axeClean(page, "the queue before a scan");
  await at(page, "merge.firstScan").click();
  const pair = page.locator('[data-testid^="merge.pair."]');
  await pair.filter({ hasText: "云图科技有限公司" }).filter({ hasText: "%" }).waitFor();
  await at(page, "merge.scanned").waitFor();
});

test("keys 1, 2 and M make one of two, as the preview says", async () => {
  let shown;
  const listen = async (answer) => {
    if (answer.url().endsWith("/merge/preview")) shown = (await answer.json()).data.result;
  };
  page.on("response", listen);
  await page.keyboard.press("j");
  const compare = at(page, "merge.compare");
  await compare.waitFor();
  assert.ok((await page.locator('[data-testid^="merge.row."]').count()) >= 5, "five fields differ");
  await at(page, "merge.about.opportunity")
    .filter({ hasText: /2\+1|1\+2/ })
    .waitFor();
  await at(page, "merge.about.followup")
    .filter({ hasText: /3\+4|4\+3/ })
    .waitFor();
  await axeClean(page, "two records beside each other");
  await page.keyboard.press("1");
  await page.keyboard.press("2");
  const stays = new URL(page.url()).searchParams.get("second");
  await at(page, "merge.row.name").locator("td").last().filter({ hasText: "股份" }).waitFor();
  await page.keyboard.press("m");
  await at(page, "toast").waitFor();
  const { data } = await api(page, "GET", `/records/account/${stays}`);
  const plain = ({ version, updated_at, ...values }) => values;
  assert.deepEqual(plain(data), plain(shown));
  page.off("response", listen);
  for (const [object, where, count] of [
    ["opportunity", `account == "${stays}"`, 3],
    ["followup", "true", 7],
  ]) {
    const found = await api(page, "GET", `/records/${object}?where=${encodeURIComponent(where)}`);
    assert.equal(found.data.length, count);
    if (object === "followup") {
      assert.ok(found.data.every((one) => one.related_to.id === stays));
    }
  }
});

test("the record tells of its merge, and undoing it splits the two exactly", async () => {
  const stays = (await api(page, "GET", "/records/account")).data[0].id;
  await page.goto(`/o/account/${stays}`);
  await at(page, "record.merged").waitFor();
  await axeClean(page, "a record that was merged");
  await at(page, "merge.undo").click();
  await at(page, "toast").filter({ hasText: "两条" }).waitFor();
  assert.deepEqual(await picture(), told);
});

test("what is no duplicate is never proposed again", async () => {
  await page.goto(`/o/account/${left}`);
  await at(page, "record.compare").click();
  await at(page, "merge.compare").waitFor();
  await page.keyboard.press("x");
  await at(page, "toast").waitFor();
  await page.goto("/o/account/duplicates");
  await at(page, "merge.none").waitFor();
  await at(page, "merge.scan").click();
  await at(page, "merge.none").waitFor();
  const again = await api(page, "POST", "/records/account/_duplicates", { id: left, values: {} });
  assert.deepEqual(again.data, []);
});

test("in English, on a phone, one field stands under the other", async () => {
  await api(page, "PATCH", "/me", { locale: "en" });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/o/account/duplicates?first=${left}&second=${right}`);
  await at(page, "merge.compare").waitFor();
  await at(page, "merge.about.opportunity").waitFor();
  assert.ok((await page.evaluate(() => document.scrollingElement.scrollWidth)) <= 390);
  await axeClean(page, "the comparison on a phone");
  page.assertClean();
});
