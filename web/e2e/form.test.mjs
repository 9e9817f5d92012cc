/**
 * The form of a record: its tabs and keys, what it says of errors, and that nothing typed is lost:
 * not by a refusal, a closed tab, the way back, the end of a session, or somebody else's change.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { admin, api, at, axeClean, choose, openPage, soon, start } from "./harness.mjs";

const { server, browser, page } = await start({ templates: ["lead", "crm"] });
const values = { name: "云图科技", annual_revenue: { amount: "1000", currency: "CNY" } };
const account = (await api(page, "POST", "/records/account", values)).data.id;
await api(page, "POST", "/records/product", { name: "传感器 A", code: "A1" });

/** Waits until an element, or something within, has the focus. */
const focused = (locator) =>
  locator.evaluate(
    (element) =>
      new Promise((done) => {
        const look = () =>
          element.contains(document.activeElement) ? done() : requestAnimationFrame(look);
        look();
      }),
  );

/** Waits until this browser keeps a draft with a text. */
const kept = (place, text) =>
  place.waitForFunction(
    (wanted) =>
      Object.entries(localStorage).some(
        ([name, value]) => name.startsWith("draft:") && value.includes(wanted),
      ),
    text,
  );

test("tabs go by the arrows, keep what is typed, and say where something is wrong", async () => {
  await page.goto("/o/opportunity/new");
  await at(page, "field.name").fill("二期扩容");
  await at(page, "tab.basics").focus();
  await page.keyboard.press("ArrowRight");
  await focused(at(page, "tab.products"));
  await at(page, "field.lines.add").waitFor();
  await page.keyboard.press("Home");
  await at(page, "field.name").focus();
  await page.keyboard.press("Alt+n");
  await focused(at(page, "field.lines.0.product"));
  await page.keyboard.press("Alt+n");
  await focused(at(page, "field.lines.1.product"));
  await axeClean(page, "a form with tabs and lines");
  await page.keyboard.press("Control+Enter");
  await focused(at(page, "form.faults"));
  await soon(async () => assert.equal(await at(page, "form.faults").getByRole("link").count(), 2));
  await at(page, "tab.basics").getByText("2 处需要修改").waitFor({ state: "attached" });
  await at(page, "form.faults").getByRole("link", { name: "客户：" }).click();
  await focused(at(page, "field.account"));
  await soon(async () => assert.equal(await at(page, "field.name").inputValue(), "二期扩容"));
  await axeClean(page, "a tab with something wrong");
  await at(page, "tab.products").click();
  await at(page, "field.lines.1.product").waitFor();
  await page.setViewportSize({ width: 390, height: 844 });
  await at(page, "nav").getByTestId("new").waitFor();
  await page.waitForFunction(() => document.scrollingElement.scrollWidth <= 390);
  await page.setViewportSize({ width: 1280, height: 800 });
});

test("a line is dragged to another place, and Escape leaves it where it was", async () => {
  await page.goto("/o/opportunity/new");
  await at(page, "tab.products").click();
  const words = at(page, "field.lines").locator("input[data-testid$=description]");
  const order = () => words.evaluateAll((all) => all.map(({ value }) => value));
  for (const what of ["传感器", "电缆", "安装"]) {
    await at(page, "field.lines.add").click();
    await words.last().fill(what);
  }
  const grab = async (from, to) => {
    const taken = await at(page, `field.lines.${from}.move`).boundingBox();
    const place = await at(page, `field.lines.${to}.move`).boundingBox();
    await page.mouse.move(taken.x + 8, taken.y + 8);
    await page.mouse.down();
    await page.mouse.move(taken.x + 8, taken.y - 8, { steps: 4 });
    await page.mouse.move(place.x + 8, place.y + 8, { steps: 8 });
    await at(page, "field.lines").locator("[data-over]").waitFor();
  };
  await grab(2, 0);
  await page.keyboard.press("Escape");
  await page.mouse.up();
  assert.deepEqual(await order(), ["传感器", "电缆", "安装"]);
  await grab(2, 0);
  await page.mouse.up();
  await soon(async () => assert.deepEqual(await order(), ["安装", "传感器", "电缆"]));
});

test("three errors are a summary with three links, and nothing is lost when the server fails", async () => {
  page.expectRefusal(422);
  page.expectRefusal(500);
  await page.goto("/o/lead/new");
  await at(page, "field.company").fill("海蓝教育");
  await at(page, "field.email").fill("no address");
  await at(page, "field.mobile").fill("12");
  await at(page, "field.website").fill("https://hailan.cn");
  await at(page, "form.save").click();
  await focused(at(page, "form.faults"));
  await at(page, "field.name").fill("李静");
  await at(page, "field.website").fill("no website");
  await at(page, "form.save").click();
  await at(page, "form.faults").getByRole("link").nth(2).waitFor();
  await focused(at(page, "form.faults"));
  for (const [title, name] of [
    ["手机", "mobile"],
    ["邮箱", "email"],
    ["网站", "website"],
  ]) {
    await at(page, "form.faults").getByRole("link", { name: title }).click();
    const field = at(page, `field.${name}`);
    await focused(field);
    await soon(async () => assert.equal(await field.getAttribute("aria-invalid"), "true"));
    const described = (await field.getAttribute("aria-describedby")).split(" ")[0];
    await soon(async () =>
      assert.notEqual(await page.locator(`[id="${described}"]`).innerText(), ""),
    );
  }
  await soon(async () => assert.equal(await at(page, "field.name").inputValue(), "李静"));
  await at(page, "field.email").fill("");
  await at(page, "field.mobile").fill("");
  await at(page, "field.website").fill("");
  await at(page, "field.company").fill("");
  await at(page, "form.save").click();
  const rule = at(page, "form.lead.field.email").getByText("请至少填写");
  await rule.or(at(page, "form.lead.field.email").locator("[id$=-error]")).first().waitFor();
  await at(page, "field.company").fill("海蓝教育");
  await page.route("**/api/v1/records/lead", (route) =>
    route.fulfill({ status: 500, contentType: "application/problem+json", body: "{}" }),
  );
  await at(page, "form.save").click();
  await focused(at(page, "form.faults"));
  await soon(async () => assert.equal(await at(page, "field.name").inputValue(), "李静"));
  await soon(async () => assert.equal(await at(page, "field.company").inputValue(), "海蓝教育"));
  await page.unroute("**/api/v1/records/lead");
  await at(page, "field.name").press("Control+Shift+Enter");
  await at(page, "toast.action").waitFor();
  await focused(at(page, "field.name"));
  await soon(async () => assert.equal(await at(page, "field.name").inputValue(), ""));
  page.assertClean();
});

test("a closed tab loses nothing, not even a line", async () => {
  const first = await page.context().newPage();
  await first.goto("/o/opportunity/new");
  await at(first, "draft.drop").click();
  await at(first, "field.name").fill("三期扩容");
  await choose(first, "field.account", "云图科技");
  await at(first, "field.name").press("Alt+n");
  await choose(first, "field.lines.0.product", "传感器 A");
  await at(first, "field.lines.0.quantity").fill("12");
  await kept(first, '"12"');
  await first.close({ runBeforeUnload: false });

  const second = await page.context().newPage();
  await second.goto("/o/opportunity/new");
  await at(second, "draft")
    .getByText(/刚刚|秒|分钟/)
    .waitFor();
  await axeClean(second, "the offer of a draft");
  await at(second, "draft.restore").click();
  await at(second, "draft").waitFor({ state: "detached" });
  await soon(async () => assert.equal(await at(second, "field.name").inputValue(), "三期扩容"));
  await at(second, "field.account").getByText("云图科技").waitFor();
  await at(second, "tab.products").click();
  await at(second, "field.lines.0.product").getByText("传感器 A").waitFor();
  await soon(async () =>
    assert.equal(await at(second, "field.lines.0.quantity").inputValue(), "12"),
  );
  await second.close();
});

test("the way back asks whether to keep what was typed", async () => {
  await page.goto("/o/account");
  await at(page, "action.new").click();
  await at(page, "field.name").fill("未来制造");
  await page.goBack();
  await at(page, "leave").waitFor();
  await axeClean(page, "the question before one leaves");
  await at(page, "leave.keep").click();
  await at(page, "action.new").click();
  await at(page, "draft.restore").click();
  await at(page, "draft").waitFor({ state: "detached" });
  await soon(async () => assert.equal(await at(page, "field.name").inputValue(), "未来制造"));
  await page.goBack();
  await at(page, "leave.discard").click();
  await at(page, "action.new").click();
  await at(page, "field.name").waitFor();
  await soon(async () => assert.equal(await at(page, "draft").count(), 0));
});

test("the end of a session is answered over the form, which stays as it is", async () => {
  page.expectRefusal(401);
  const hinted = page.waitForResponse((response) => response.url().endsWith("/_duplicates"));
  await at(page, "field.name").fill("未来制造");
  await at(page, "field.city").fill("苏州");
  await hinted;
  await page.context().clearCookies();
  await at(page, "form.save").click();
  await at(page, "sign-in.password").waitFor();
  await soon(async () => assert.equal(await at(page, "field.city").inputValue(), "苏州"));
  await at(page, "sign-in.password").fill(admin.password);
  await at(page, "sign-in.submit").click();
  await at(page, "record.name").filter({ hasText: "未来制造" }).waitFor();
  await at(page, "record.field.city").getByText("苏州").waitFor();
  page.assertClean();
});

test("two people's changes of different fields are joined, of one field one chooses", async () => {
  page.expectRefusal(412);
  const other = await openPage(browser, server, {
    storageState: await page.context().storageState(),
  });
  const edit = async (place) => {
    await place.goto(`/o/account/${account}?edit=`);
    await at(place, "field.phone").waitFor();
  };
  const saved = async (place) => {
    await at(place, "form.save").click();
    await at(place, "record.edit").waitFor();
  };
  await edit(page);
  await edit(other);
  await at(other, "field.phone").fill("021-68888888");
  await saved(other);
  await choose(page, "field.level", "A 重点");
  await saved(page);
  const { data: joined } = await api(page, "GET", `/records/account/${account}`);
  assert.equal(joined.phone, "+862168888888");
  assert.equal(joined.level, "a");

  await edit(page);
  await edit(other);
  const revenue = (place) => at(place, "field.annual_revenue");
  await revenue(other).fill("2000");
  await saved(other);
  await revenue(page).fill("3000");
  await at(page, "form.save").click();
  await at(page, "conflict.annual_revenue.mine").waitFor();
  await at(page, "conflict.annual_revenue.theirs").waitFor();
  await axeClean(page, "both values of one field");
  const { data: before } = await api(other, "GET", `/records/account/${account}`);
  assert.equal(before.annual_revenue.amount, "2000.00");
  await at(page, "conflict.annual_revenue.mine").check();
  await at(page, "conflict.save").click();
  await at(page, "record.edit").waitFor();
  const { data: chosen } = await api(page, "GET", `/records/account/${account}`);
  assert.equal(chosen.annual_revenue.amount, "3000.00");
  page.assertClean();
});
