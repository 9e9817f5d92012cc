import assert from "node:assert/strict";
import { test } from "node:test";
import { admin, at, axeClean, choose, openPage, soon, startEmpty } from "./harness.mjs";

const { server, browser } = await startEmpty();

test("from an empty installation to a lead and its history", async (t) => {
  const page = await openPage(browser, server);
  const next = () => at(page, "setup.next").click();

  await t.test("nothing but set-up is there", async () => {
    const stranger = await openPage(browser, server);
    const answer = await stranger.goto(server.url);
    assert.equal(answer.status(), 404);
    await stranger.context().close();
  });

  await t.test("set-up takes four steps, in the language chosen first", async () => {
    await page.goto(server.setupLink);
    await axeClean(page, "set-up: language");
    await at(page, "setup.language.en").click();
    await page.getByRole("heading", { level: 1, name: "Choose the language" }).waitFor();
    await soon(async () => assert.equal(await page.getAttribute("html", "lang"), "en"));
    await at(page, "setup.language.zh-CN").click();
    await page.getByRole("heading", { level: 1, name: "选择语言" }).waitFor();
    await next();

    await next();
    await soon(async () => assert.equal(await page.getByText("请填写此项。").count(), 3));
    await at(page, "setup.name").fill(admin.name);
    await at(page, "setup.email").fill(admin.email);
    await at(page, "setup.password").fill("short");
    await page.getByText("太短").waitFor();
    await at(page, "setup.password").fill(admin.password);
    await page.getByText("强度：强").waitFor();
    await axeClean(page, "set-up: administrator");
    await page.keyboard.press("Enter");

    await at(page, "setup.organisation").fill("云图科技");
    await page.getByText("CNY").first().waitFor();
    await axeClean(page, "set-up: organisation");
    await page.keyboard.press("Alt+ArrowLeft");
    await soon(async () => assert.equal(await at(page, "setup.name").inputValue(), admin.name));
    await next();
    await next();

    await axeClean(page, "set-up: start with");
    await soon(async () => assert.ok(await at(page, "setup.template.lead").isChecked()));
    await at(page, "setup.template.crm").uncheck();
    await next();
    await at(page, "list.firstUse").getByText("新建线索").waitFor();
    await axeClean(page, "the first page of a new installation");
    await at(page, "nav.lead").click();
    await at(page, "list.lead").first().waitFor();
    await page.getByRole("heading", { level: 1, name: "线索" }).waitFor();
  });

  await t.test("the list of a new installation says what to do", async () => {
    await at(page, "list.firstUse").waitFor();
    await soon(async () =>
      assert.ok(await at(page, "list.firstUse").getByText("新建线索").isVisible()),
    );
    await axeClean(page, "an empty list");
  });

  await t.test("who sets it up finds where the people are", async () => {
    await page.keyboard.press("Control+k");
    await at(page, "palette.input").fill("人员");
    await at(page, "palette.go.user").click();
    await page.waitForURL("**/o/user");
    await page.getByRole("grid").getByText(admin.name).waitFor();
    await page.goto("/o/lead");
    await at(page, "list.firstUse").waitFor();
  });

  await t.test("one signs out and in again, and is told of a wrong password", async () => {
    await at(page, "me").click();
    await at(page, "menu.sign-out").click();
    await page.waitForURL("**/sign-in");
    await axeClean(page, "sign-in");
    page.expectRefusal(401);
    await at(page, "sign-in.email").fill(admin.email);
    await at(page, "sign-in.password").fill("wrong wrong wrong");
    await at(page, "sign-in.submit").click();
    await at(page, "sign-in.refusal").waitFor();
    await at(page, "sign-in.password").fill(admin.password);
    await page.keyboard.press("Enter");
    await at(page, "day").waitFor();
    await at(page, "nav.lead").click();
    await at(page, "list.lead").first().waitFor();
  });

  await t.test("a lead is created, with the server's faults on their fields", async () => {
    await page.keyboard.press("c");
    await at(page, "quick.more").click();
    await page.getByRole("heading", { level: 1, name: "新建线索" }).waitFor();
    page.expectRefusal(422);
    await at(page, "field.name").fill("张伟");
    await at(page, "field.email").fill("not an address");
    await at(page, "field.mobile").fill("12");
    await at(page, "form.save").click();
    await at(page, "form.faults").waitFor();
    await soon(async () =>
      assert.equal(await at(page, "field.email").getAttribute("aria-invalid"), "true"),
    );
    await axeClean(page, "a form with faults");
    await at(page, "field.email").fill("zhang@example.com");
    await at(page, "field.mobile").fill("138 0013 8000");
    await at(page, "field.company").fill("云图科技股份");
    await choose(page, "field.source", "展会");
    await page.keyboard.press("Control+Enter");
    await at(page, "record.name").waitFor();
    await soon(async () => assert.equal(await at(page, "record.name").innerText(), "张伟"));
    await soon(async () =>
      assert.match(await at(page, "record.field.mobile").innerText(), /138 0013 8000/),
    );
    await axeClean(page, "a record");
  });

  await t.test("a condition of the form holds while one types", async () => {
    await page.keyboard.press("e");
    await at(page, "form.lead").waitFor();
    await soon(async () => assert.equal(await at(page, "field.disqualify_reason").count(), 0));
    await choose(page, "field.status", "无效");
    await at(page, "field.disqualify_reason").waitFor();
    await choose(page, "field.status", "跟进中");
    await at(page, "field.disqualify_reason").waitFor({ state: "detached" });
    await at(page, "field.company").fill("海蓝教育");
    await at(page, "field.owner").click();
    await page.keyboard.type("晓明");
    await page.locator(".ant-select-item-option", { hasText: admin.name }).click();
    await at(page, "form.save").click();
    await at(page, "record.edit").waitFor();
  });

  await t.test("the timeline tells what was and what is", async () => {
    const history = at(page, "timeline");
    await history.getByText("海蓝教育").waitFor();
    const text = await history.innerText();
    assert.match(text, /王晓明做了修改/);
    assert.match(text, /公司.*云图科技股份 → 海蓝教育/);
    assert.match(text, /王晓明新建了此记录/);
  });

  await t.test("the session's end keeps what was typed", async () => {
    await at(page, "record.edit").click();
    await at(page, "field.company").fill("还没保存的公司");
    await page.context().clearCookies();
    await at(page, "form.save").click();
    await at(page, "sign-in.password").fill(admin.password);
    await axeClean(page, "the sign-in over a page");
    await at(page, "sign-in.submit").click();
    await at(page, "record.edit").waitFor();
    await soon(async () =>
      assert.match(await at(page, "record.field.company").innerText(), /还没保存的公司/),
    );
  });

  await t.test("what was deleted comes back", async () => {
    await at(page, "record.more").click();
    await at(page, "menu.delete").click();
    await at(page, "list.firstUse").waitFor();
    await at(page, "toast.action").click();
    await at(page, "record.name").waitFor();
  });

  page.assertClean();
});

test("two people who change one record both keep their work", async () => {
  const page = await openPage(browser, server);
  await page.goto("/sign-in");
  await at(page, "sign-in.email").fill(admin.email);
  await at(page, "sign-in.password").fill(admin.password);
  await at(page, "sign-in.submit").click();
  await at(page, "nav.lead").click();
  await page.locator('[role="row"] a').first().click();
  await at(page, "record.edit").click();
  const other = await page.context().newPage();
  await other.goto(page.url().replace(/\?.*/, "?edit="));
  await at(other, "field.job_title").fill("采购经理");
  await at(other, "field.city").fill("苏州");
  await at(other, "form.save").click();
  await at(other, "record.edit").waitFor();

  page.expectRefusal(412);
  await at(page, "field.job_title").fill("CTO");
  await at(page, "field.website").fill("https://example.com");
  await at(page, "form.save").click();
  await at(page, "conflict.job_title.theirs").check();
  await axeClean(page, "the choice between two values");
  await at(page, "conflict.save").click();
  await at(page, "record.edit").waitFor();
  await soon(async () =>
    assert.match(await at(page, "record.field.job_title").innerText(), /采购经理/),
  );
  await soon(async () => assert.match(await at(page, "record.field.city").innerText(), /苏州/));
  await soon(async () =>
    assert.match(await at(page, "record.field.website").innerText(), /example\.com/),
  );
  page.assertClean();
});

test("a page that is not there and one that is not for you look the same", async () => {
  const page = await openPage(browser, server, { locale: "en-GB" });
  await page.goto("/sign-in");
  await at(page, "sign-in.email").fill(admin.email);
  await at(page, "sign-in.password").fill(admin.password);
  await at(page, "sign-in.submit").click();
  await at(page, "me").waitFor();
  page.expectRefusal(404);
  for (const address of [
    "/nowhere",
    "/o/nothing",
    "/o/lead/01900000-0000-7000-8000-000000000000",
  ]) {
    await page.goto(address);
    await page.getByRole("heading", { level: 1, name: "Not found, or no access" }).waitFor();
  }
  await axeClean(page, "the missing page");
  page.assertClean();
});

test("API keys are told once and can be taken back", async () => {
  const page = await openPage(browser, server, { locale: "en-GB" });
  await page.goto("/sign-in?next=/settings/keys");
  await at(page, "sign-in.email").fill(admin.email);
  await at(page, "sign-in.password").fill(admin.password);
  await at(page, "sign-in.submit").click();
  await at(page, "keys.new").click();
  await at(page, "newKey.name").fill("Website form");
  await at(page, "newKey.create").click();
  const token = await at(page, "newKey.token").innerText();
  const asked = (key) =>
    fetch(`${server.url}/api/v1/me`, { headers: { Authorization: `Bearer ${key}` } });
  assert.equal((await asked(token)).status, 200);
  await at(page, "newKey.done").click();
  await at(page, "keys").getByText("Website form").waitFor();
  assert.ok(!(await page.content()).includes(token));
  await at(page, "keys").getByRole("button", { name: "Revoke" }).click();
  await at(page, "revoke.confirm").click();
  await page.getByRole("heading", { name: "No keys yet" }).waitFor();
  assert.equal((await asked(token)).status, 401);
  await axeClean(page, "the API keys");
  page.assertClean();
});
