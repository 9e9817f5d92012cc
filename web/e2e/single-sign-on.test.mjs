/**
 * How people come in with their company's account: an administrator connects a provider, tries it
 * and lets nothing else open; people press a button. The provider is a real one, in a process of
 * its own.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { admin, api, at, axeClean, choose, openPage, soon, start } from "./harness.mjs";

const { page, browser, server } = await start({
  flags: ["--private-network", "127.0.0.0/8"],
  templates: ["lead"],
});
const callback = `${server.url}/api/v1/auth/oidc/company/callback`;
const port = await new Promise((found) => {
  const probe = createServer();
  probe.listen(0, "127.0.0.1", () => {
    const { port: free } = probe.address();
    probe.close(() => found(free));
  });
});
const issuer = `http://127.0.0.1:${port}`;
let provider;
after(() => provider?.kill());

/** Starts the provider, and waits until it answers. */
async function startProvider() {
  provider = spawn("node", [join(import.meta.dirname, "provider.mjs"), String(port), callback], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  process.on("exit", () => provider.kill());
  await new Promise((found, failed) => {
    provider.stdout.on("data", (said) => String(said).includes(issuer) && found());
    provider.on("exit", (code) => failed(new Error(`the provider ended with ${code}`)));
  });
}

/** A page of somebody who goes to the provider and back. */
async function stranger(options) {
  const other = await openPage(browser, server, options);
  other.expectComplaint(`request to ${issuer}`);
  await other.goto("/sign-in");
  return other;
}

/** Says at the provider who one is. */
async function says(other, email) {
  await other.getByLabel("Address").fill(email);
  await other.getByRole("button", { name: "Go on" }).click();
}

/** Goes to the provider from the page of signing in. */
async function comes(other, email) {
  await at(other, "sign-in.by.company").click();
  await says(other, email);
}

/** The words of a page of somebody who was not let in. */
async function turnedAway(email, options) {
  const other = await stranger(options);
  await comes(other, email);
  const words = await at(other, "sign-in.refused").textContent();
  await axeClean(other, `the refusal of ${email}`);
  await other.goto("/o/lead");
  await at(other, "sign-in.by.company").waitFor();
  other.assertClean();
  await other.context().close();
  return words;
}

test("a provider is added; what is wrong is said at its field", async () => {
  await page.goto("/settings/people");
  await at(page, "people.sso").click();
  await at(page, "sso.none").waitFor();
  await axeClean(page, "single sign-on without a provider");
  await at(page, "sso.add").click();
  page.expectRefusal(422);
  await at(page, "sso.save").click();
  await page.locator("[aria-invalid=true]").first().waitFor();
  await soon(async () => assert.equal(await page.locator("[aria-invalid=true]").count(), 5));
  await axeClean(page, "a provider with what is wrong");
  await at(page, "sso.name").fill("company");
  await at(page, "sso.issuer").fill(issuer);
  await at(page, "sso.client").fill("trellis");
  await at(page, "sso.secret").fill("a secret of the provider");
  await at(page, "sso.title.zh-CN").fill("云图账号");
  await at(page, "sso.title.en").fill("Yuntu account");
  await at(page, "sso.save").click();
  await at(page, "sso.test.begin").waitFor();
  await soon(async () => assert.equal(await at(page, "sso.callback").textContent(), callback));
  await soon(async () => assert.equal(await at(page, "sso.secret").inputValue(), ""));
  await axeClean(page, "a provider");
  page.assertClean();
});

test("as long as it does not answer, the test says where it ends and the button says so", async () => {
  await at(page, "sso.test.begin").click();
  await at(page, "sso.step.discovery").getByText("该地址没有响应").waitFor();
  await at(page, "sso.step.person").getByText("未执行").waitFor();
  await axeClean(page, "a test that failed");
  const other = await stranger({ locale: "en-GB" });
  await at(other, "sign-in.by.company").click();
  await at(other, "sign-in.refused").getByText("does not answer").waitFor();
  await axeClean(other, "the page of signing in without the provider");
  await at(other, "sign-in.email").fill(admin.email);
  await at(other, "sign-in.password").fill(admin.password);
  await at(other, "sign-in.submit").click();
  await at(other, "me").waitFor();
  other.assertClean();
  await startProvider();
});

test("the test shows each step, the claims and whom they mean", async () => {
  page.expectComplaint(`request to ${issuer}`);
  await at(page, "sso.test.begin").click();
  await says(page, "nobody@example.com");
  await at(page, "sso.step.person").getByText("没有人员使用此邮箱").waitFor();
  await at(page, "sso.claims.show").click();
  await at(page, "sso.claims").getByText("nobody@example.com").first().waitFor();
  await axeClean(page, "a test of somebody unknown");
  await at(page, "sso.test.begin").click();
  await says(page, admin.email);
  await at(page, "sso.step.person").getByText("管理员").waitFor();
  await at(page, "sso.connect").click();
  await at(page, "password.asked").fill(admin.password);
  await at(page, "password.go").click();
  await at(page, "sso.passed").getByText(admin.name).waitFor();
  await axeClean(page, "a test that has passed");
  page.assertClean();
});

test("people come in by the button, and go on to where they wanted to", async () => {
  await api(page, "POST", "/records/user", {
    name: "林晓",
    email: "lin@example.com",
    roles: ["sales_rep"],
  });
  const other = await stranger();
  await other.goto("/o/lead");
  await at(other, "sign-in.by.company").getByText("云图账号").waitFor();
  await axeClean(other, "the page of signing in with a provider");
  await comes(other, "lin@example.com");
  await at(other, "me").waitFor();
  assert.equal(new URL(other.url()).pathname, "/o/lead");
  const { data: me } = await api(other, "GET", "/me");
  assert.equal(me.email, "lin@example.com");
  other.assertClean();
});

test("who is unknown, disabled or not verified is told so, in his language", async () => {
  const { data: gone } = await api(page, "POST", "/records/user", {
    name: "赵敏",
    email: "zhao@example.com",
  });
  await api(page, "PATCH", `/records/user/${gone.id}`, { active: false });
  await api(page, "POST", "/records/user", { name: "钱", email: "unverified@example.com" });
  assert.match(await turnedAway("nobody@example.com"), /没有你的可用账号/);
  assert.match(await turnedAway("zhao@example.com", { locale: "en-GB" }), /no active account/);
  assert.match(await turnedAway("unverified@example.com"), /没有确认你的邮箱/);
  const other = await stranger({ locale: "en-GB" });
  await at(other, "sign-in.by.company").click();
  await other.getByRole("button", { name: "Cancel" }).click();
  await at(other, "sign-in.refused").getByText("cancelled").waitFor();
  other.assertClean();
});

test("who is added at the first sign-in has the roles that were chosen for him", async () => {
  await page.goto("/settings/single-sign-on/company");
  await at(page, "sso.adds").check();
  await at(page, "sso.domains").getByRole("combobox").fill("example.org,");
  await choose(page, "sso.roles", "销售代表");
  await page.keyboard.press("Escape");
  await at(page, "sso.save").click();
  await soon(async () => {
    const { data } = await api(page, "GET", "/single_sign_on/providers/company");
    assert.deepEqual([data.domains, data.roles], [["example.org"], ["sales_rep"]]);
  });
  const other = await stranger();
  await comes(other, "new@example.org");
  await at(other, "me").waitFor();
  const { data: me } = await api(other, "GET", "/me");
  assert.deepEqual([me.email, me.roles], ["new@example.org", ["sales_rep"]]);
  other.assertClean();
});

test("when the session ends, one signs in beside the page and goes on in it", async () => {
  const other = await stranger();
  await comes(other, "lin@example.com");
  await at(other, "me").waitFor();
  await other.goto("/o/lead/new");
  other.expectRefusal(401);
  await at(other, "field.name").fill("没有丢的名字");
  await at(other, "field.company").fill("海蓝教育");
  await api(other, "POST", "/auth/logout", {});
  await at(other, "form.save").click();
  const opened = other.context().waitForEvent("page");
  await at(other, "sign-in.by.company").click();
  const beside = await opened; // the provider still knows who one is
  await at(beside, "me").waitFor();
  await beside.close();
  await other.bringToFront();
  await other.evaluate(() => window.dispatchEvent(new Event("focus")));
  await at(other, "sign-in").waitFor({ state: "hidden" });
  await other.getByRole("heading", { level: 1, name: "没有丢的名字" }).waitFor();
  other.assertClean();
});

test("nothing but the provider opens, but for an administrator in an emergency", async () => {
  await page.goto("/settings/single-sign-on");
  await at(page, "sso.only").check();
  await choose(page, "sso.emergency", admin.name);
  await page.keyboard.press("Escape");
  await axeClean(page, "who keeps his password");
  await at(page, "sso.keep").click();
  await soon(async () => {
    const { data } = await api(page, "GET", "/single_sign_on");
    assert.equal(data.only, true);
  });
  const other = await stranger({ locale: "en-GB" });
  await at(other, "sign-in.by.company").getByText("Yuntu account").waitFor();
  await soon(async () => assert.equal(await at(other, "sign-in.password").count(), 0));
  await axeClean(other, "the page of signing in without passwords");
  await at(other, "sign-in.emergency").click();
  await at(other, "sign-in.email").fill(admin.email);
  await at(other, "sign-in.password").fill(admin.password);
  await at(other, "sign-in.submit").click();
  await at(other, "me").waitFor();
  other.assertClean();
  page.expectRefusal(409);
  await page.goto("/settings/single-sign-on/company");
  await at(page, "sso.remove").click();
  await at(page, "sso.removing.confirm").click();
  await page.getByText("请先允许密码登录").waitFor();
  page.assertClean();
});
