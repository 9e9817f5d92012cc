/** How people add a passkey, sign in with it alone and after a password, and take it away. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { admin, at, axeClean, openPage, soon, start } from "./harness.mjs";

const { page: stranger, browser, server } = await start({ templates: ["lead"] });
/** Browsers take passkeys only at a name. */
const here = { ...server, url: server.url.replace("127.0.0.1", "localhost") };

/** A page with a device that holds passkeys; it shows itself whenever `present` says so. */
async function withDevice(options) {
  const page = await openPage(browser, here, options);
  // What a browser lists under a field nobody can press here, and it may answer by itself.
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  });
  const devices = await page.context().newCDPSession(page);
  await devices.send("WebAuthn.enable");
  const { authenticatorId } = await devices.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: false,
    },
  });
  return {
    page,
    held: async () =>
      (await devices.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    give: (credential) => devices.send("WebAuthn.addCredential", { authenticatorId, credential }),
    present: (enabled) =>
      devices.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled }),
  };
}

async function givePassword(page) {
  await at(page, "sign-in.email").fill(admin.email);
  await at(page, "sign-in.password").fill(admin.password);
  await at(page, "sign-in.submit").click();
}

let kept;

test("where browsers take none, the page says where they do", async () => {
  await stranger.goto("/settings/profile");
  await at(stranger, "passkeys.unusable").waitFor();
  await axeClean(stranger, "the settings where no passkey is taken");
  stranger.assertClean();
});

test("a passkey is added with the password, and tells the recovery codes", async () => {
  const { page, held, present } = await withDevice();
  await page.goto("/sign-in");
  await at(page, "sign-in.passkey").waitFor();
  await axeClean(page, "the page of signing in with the button for a passkey");
  await givePassword(page);
  await at(page, "me").waitFor();
  await page.goto("/settings/profile");
  await at(page, "passkeys.add").click();
  await at(page, "passkeys.name").fill("我的手机");
  await axeClean(page, "the dialog for a passkey");
  page.expectRefusal(401);
  await at(page, "password.asked").fill("not my password");
  await at(page, "password.go").click();
  await at(page, "password.refusal").waitFor();
  await present(true);
  await at(page, "password.asked").fill(admin.password);
  await at(page, "password.go").click();
  await at(page, "factor.codes").waitFor();
  await at(page, "factor.kept").click();
  await at(page, "passkeys").getByText("我的手机", { exact: true }).first().waitFor();
  await axeClean(page, "the settings with a passkey");
  [kept] = await held();
  assert.equal(kept.rpId, "localhost");
  page.assertClean();
  await page.context().close();
});

test("it opens alone, by a button", async () => {
  const { page, give, present } = await withDevice({ locale: "en-GB" });
  await page.goto("/sign-in");
  await at(page, "sign-in.passkey").waitFor();
  await give(kept);
  await present(true);
  await at(page, "sign-in.passkey").click();
  await at(page, "me").waitFor();
  await page.goto("/settings/profile");
  await at(page, "passkeys").getByText("Used").waitFor();
  page.assertClean();
  kept = { ...kept, signCount: kept.signCount + 10 };
  await page.context().close();
});

test("after the password it stands in for a code", async () => {
  const { page, give, present } = await withDevice();
  await page.goto("/sign-in");
  await at(page, "sign-in.email").waitFor();
  await givePassword(page);
  await at(page, "sign-in.code").waitFor();
  await axeClean(page, "the second step with a passkey");
  await give(kept);
  await present(true);
  await at(page, "sign-in.passkey").click();
  await at(page, "me").waitFor();
  await page.goto("/settings/people");
  await page.getByText("1 个通行密钥").waitFor();
  page.assertClean();

  await page.goto("/settings/profile");
  await at(page, "passkeys").getByRole("button").click();
  await at(page, "passkeys.confirm").waitFor();
  await axeClean(page, "the question before a passkey is taken away");
  await at(page, "passkeys.confirm").click();
  await at(page, "passkeys").waitFor({ state: "detached" });
  await soon(async () => {
    const { data } = await (await server.as(admin.email))("GET", `/people?ids=${await own()}`);
    assert.equal(data[0].passkeys, 0);
  });
  page.assertClean();
});

async function own() {
  return (await (await server.as(admin.email))("GET", "/me")).data.id;
}
