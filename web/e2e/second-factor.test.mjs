/** How an organisation requires a second step, and what people see of that before and after its day. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { advance, codeOf } from "./codes.mjs";
import { admin, at, axeClean, openPage, start } from "./harness.mjs";

const { page, browser, server } = await start({ flags: ["--test-clock"], templates: ["lead"] });

/** A page on which the administrator has signed in with his password. */
async function signedIn(options) {
  const other = await openPage(browser, server, options);
  await other.goto("/sign-in");
  await at(other, "sign-in.email").fill(admin.email);
  await at(other, "sign-in.password").fill(admin.password);
  await at(other, "sign-in.submit").click();
  return other;
}

test("who administers sees until when he needs one, and where he sets it up", async () => {
  await page.goto("/");
  await at(page, "factor.notice").waitFor();
  await axeClean(page, "the first page with the notice");
  await at(page, "factor.notice.on").click();
  await at(page, "password.asked").waitFor();
  await page.keyboard.press("Escape");
  page.assertClean();
});

test("administrators say of whom it is required, and see who has none", async () => {
  await page.goto("/settings/people");
  await at(page, "people.factor").click();
  await at(page, "required.builders").waitFor();
  await at(page, "required.who").click();
  await at(page, "required.people").getByText(admin.name).waitFor();
  await axeClean(page, "of whom a second factor is required");
  page.expectRefusal(422);
  await at(page, "required.everybody").check();
  await at(page, "required.days").fill("1000");
  await at(page, "required.keep").click();
  await page.locator("[aria-invalid=true]").waitFor();
  await at(page, "required.days").fill("3");
  await at(page, "required.keep").click();
  await page.getByText("已保存，天数从现在算起。").waitFor();
  await page.reload();
  await at(page, "required.days").waitFor();
  assert.equal(await at(page, "required.days").inputValue(), "3");
  assert.ok(await at(page, "required.everybody").isChecked());
  page.assertClean();
});

test("after that day signing in opens nothing but its set-up, and that opens everything", async () => {
  await advance(server, "P3DT1H");
  const other = await signedIn({ locale: "en-GB" });
  other.expectRefusal(403); // what the page asks before it knows
  await at(other, "confined").waitFor();
  await axeClean(other, "the page of who needs a second factor");
  await other.goto("/o/lead");
  await at(other, "confined").waitFor();
  await at(other, "factor.on").click();
  await at(other, "password.asked").fill(admin.password);
  await at(other, "password.go").click();
  const secret = (await at(other, "factor.secret").textContent()).replaceAll(" ", "");
  await at(other, "factor.code").fill(await codeOf(server, secret));
  await at(other, "factor.confirm").click();
  await at(other, "factor.codes").waitFor();
  await at(other, "factor.kept").click();
  await at(other, "me").waitFor();
  await other.goto("/settings/profile");
  await at(other, "factor.since").waitFor();
  other.assertClean();
});
