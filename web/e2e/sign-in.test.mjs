/**
 * How people come in: with a second step, on several devices, and what an administrator does when
 * somebody has lost his phone.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf } from "./codes.mjs";
import { admin, api, at, axeClean, openPage, soon, start } from "./harness.mjs";

const { page, browser, server } = await start({ flags: ["--test-clock"], templates: ["lead"] });

/** A page on which the administrator has given his password. */
async function passwordGiven(options) {
  const other = await openPage(browser, server, options);
  await other.goto("/sign-in");
  await at(other, "sign-in.email").fill(admin.email);
  await at(other, "sign-in.password").fill(admin.password);
  await at(other, "sign-in.submit").click();
  return other;
}

let secret;
let codes;

test("the second step is turned on with an app, and a wrong password is said in place", async () => {
  page.expectRefusal(401);
  await page.goto("/settings/profile");
  await at(page, "factor.on").click();
  await at(page, "password.asked").fill("not my password");
  await at(page, "password.go").click();
  await at(page, "password.refusal").waitFor();
  await at(page, "password.asked").fill(admin.password);
  await at(page, "password.go").click();
  secret = (await at(page, "factor.secret").textContent()).replaceAll(" ", "");
  await page.getByRole("img", { name: "密钥二维码" }).waitFor();
  await axeClean(page, "the QR code of a second factor");
  await at(page, "factor.code").fill("000000");
  await at(page, "factor.confirm").click();
  await at(page, "factor.refusal").waitFor();
  await at(page, "factor.code").fill(await codeOf(server, secret));
  await at(page, "factor.confirm").click();
  await at(page, "factor.codes").waitFor();
  codes = await at(page, "factor.codes").getByRole("listitem").allTextContents();
  assert.equal(codes.length, 10);
  await axeClean(page, "the recovery codes");
  await at(page, "factor.kept").click();
  await at(page, "factor.since").waitFor();
  await axeClean(page, "the settings with a second factor");
  page.assertClean();
});

test("signing in takes the code, and each code once", async () => {
  const other = await passwordGiven({ locale: "en-GB" });
  other.expectRefusal(401);
  await at(other, "sign-in.code").waitFor();
  await axeClean(other, "the second step of signing in");
  await at(other, "sign-in.code").fill("123 456");
  await at(other, "sign-in.verify").click();
  await at(other, "sign-in.refusal").waitFor();
  const code = await codeOf(server, secret);
  await at(other, "sign-in.code").fill(code);
  await at(other, "sign-in.verify").click();
  await at(other, "me").waitFor();
  other.assertClean();

  const again = await passwordGiven();
  again.expectRefusal(401);
  await at(again, "sign-in.code").fill(code);
  await at(again, "sign-in.verify").click();
  await at(again, "sign-in.refusal").waitFor();
  await at(again, "sign-in.code").fill(codes[0]);
  await at(again, "sign-in.verify").click();
  await at(again, "me").waitFor();
  again.assertClean();
});

test("who manages people takes a lost phone's second step away", async () => {
  await page.goto("/");
  await at(page, "me").click();
  await at(page, "menu.people").click();
  const { data: me } = await api(page, "GET", "/me");
  const row = at(page, `people.${me.id}`);
  await row.getByText("两步验证").waitFor();
  await axeClean(page, "the people");
  await at(page, `people.${me.id}.actions`).click();
  await at(page, "menu.reset").click();
  await at(page, "people.ask").waitFor();
  await axeClean(page, "the question before a reset");
  await at(page, "people.agree").click();
  await soon(async () => {
    const { data } = await (await server.as(admin.email))("GET", "/auth/totp");
    assert.equal(data.on, false);
  });
  const other = await passwordGiven();
  await at(other, "me").waitFor();
  other.assertClean();
});

test("a device that one does not know is signed out from another", async () => {
  page.expectRefusal(401);
  // The reset ended every session; this page asks to sign in over what it shows.
  await page.goto("/sign-in");
  await at(page, "sign-in.email").fill(admin.email);
  await at(page, "sign-in.password").fill(admin.password);
  await at(page, "sign-in.submit").click();
  await at(page, "me").waitFor();
  const agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Version/19.0 Mobile Safari/604.1";
  const phone = await passwordGiven({ userAgent: agent });
  phone.expectRefusal(401);
  await at(phone, "me").waitFor();
  await page.goto("/settings/profile");
  const row = at(page, "sessions").getByRole("listitem").filter({ hasText: "iPhone 上的 Safari" });
  await row.waitFor();
  await at(page, "sessions").getByText("当前设备").waitFor();
  await axeClean(page, "the settings with two sessions");
  await row.getByRole("button").click();
  await row.waitFor({ state: "detached" });
  await phone.goto("/");
  await at(phone, "sign-in.email").waitFor();
  await at(page, "sessions.endOthers").click();
  await at(page, "sessions.endOthers").waitFor({ state: "detached" });
  page.assertClean();
  phone.assertClean();
});

test("an invited person comes in by the link, once, and the list tells who has yet to come", async () => {
  await page.goto("/settings/people");
  await at(page, "people.invite").click();
  await at(page, "invite.email").fill("nobody");
  page.expectRefusal(422);
  await at(page, "invite.send").click();
  await at(page, "invite").locator("[aria-invalid=true]").waitFor();
  await at(page, "invite.email").fill("lin@example.com");
  await axeClean(page, "the dialog of an invitation");
  await at(page, "invite.send").click();
  const link = await at(page, "invite.link").textContent();
  await at(page, "invite.done").click();
  await at(page, "invitations").getByText("lin@example.com").waitFor();
  await axeClean(page, "the people with an invitation");

  const lin = await openPage(browser, server);
  lin.expectRefusal(404);
  await lin.goto(link);
  await at(lin, "join.name").fill("林晓");
  await at(lin, "join.password").fill("seven green apples fall");
  await axeClean(lin, "the page of an invitation");
  await at(lin, "join.submit").click();
  await at(lin, "me").waitFor();
  const again = await openPage(browser, server);
  again.expectRefusal(404);
  await again.goto(link);
  await at(again, "link.over").waitFor();
  lin.assertClean();
  again.assertClean();
  await page.goto("/settings/people");
  await at(page, "people").getByText("lin@example.com").waitFor();
  await soon(async () => assert.equal(await at(page, "invitations").count(), 0));
  page.assertClean();
});

test("who forgot his password sets a new one by a link, once, and signs in with it", async () => {
  const { data: people } = await api(page, "GET", "/records/user?fields=id,email&limit=50");
  const { id } = people.find((one) => one.email === "lin@example.com");
  await page.goto("/settings/people");
  await at(page, `people.${id}.actions`).click();
  await at(page, "menu.password").click();
  await at(page, "passwordLink").getByText("24 小时").waitFor();
  await axeClean(page, "the dialog of a link for a new password");
  await at(page, "passwordLink.make").click();
  const link = await at(page, "invite.link").textContent();
  await axeClean(page, "a link for a new password");
  await at(page, "passwordLink.done").click();

  const lin = await openPage(browser, server);
  lin.expectRefusal(422);
  await lin.goto(link);
  await at(lin, "reset.password").fill("lin@example.com12");
  await at(lin, "reset.submit").click();
  await lin.locator("[aria-invalid=true]").waitFor();
  await at(lin, "reset.password").fill("eleven blue kites rise");
  await axeClean(lin, "the page of a forgotten password");
  await at(lin, "reset.submit").click();
  await at(lin, "reset.done").waitFor();
  await axeClean(lin, "the page after a new password");
  await at(lin, "reset.signIn").click();
  await at(lin, "sign-in.email").fill("lin@example.com");
  await at(lin, "sign-in.password").fill("eleven blue kites rise");
  await axeClean(lin, "the page to sign in, and what to do without a password");
  await at(lin, "sign-in.submit").click();
  await at(lin, "me").waitFor();
  lin.assertClean();

  const again = await openPage(browser, server, { locale: "en-GB" });
  again.expectRefusal(404);
  await again.goto(link);
  await at(again, "link.over").waitFor();
  again.assertClean();
  page.assertClean();
});
