/**
 * Without the server: the application starts, shows what was opened before and says so, keeps
 * nothing of anybody who has left, and a new version waits to be asked for.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { admin, api, at, axeClean, soon, start } from "./harness.mjs";

const { server, page } = await start({ options: { serviceWorkers: "allow" } });
const values = { name: "张伟", company: "云图科技" };
const lead = (await api(page, "POST", "/records/lead", values)).data.id;

const keptNames = () => page.evaluate(() => caches.keys());
const keptAnswers = () =>
  page.evaluate(async () => {
    const name = (await caches.keys()).find((one) => one.startsWith("answers-"));
    return name ? (await (await caches.open(name)).keys()).map(({ url }) => url) : [];
  });

test("the application can be installed, and keeps itself", async () => {
  const manifest = await (await page.request.get("/manifest.json")).json();
  assert.equal(manifest.display, "standalone");
  for (const { src, type } of manifest.icons) {
    const icon = await page.request.get(src);
    assert.ok(icon.headers()["content-type"].startsWith(type), src);
  }
  await page.goto(`/o/lead/${lead}`);
  await at(page, "record.name").waitFor();
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  page.assertClean();
});

test("what a second start needs of the definitions is only that they still hold", async () => {
  const asked = page.waitForResponse((answer) => answer.url().endsWith("/api/v1/meta"));
  await page.goto("/");
  assert.equal((await asked).status(), 304);
  await at(page, "me").waitFor();
});

test("what was opened before is there without the server, and says of when it is", async () => {
  await page.goto("/o/lead");
  await page.getByRole("grid").getByText("张伟").waitFor();
  await soon(async () => assert.ok((await keptAnswers()).some((path) => /lead\?/.test(path))));
  await page.context().setOffline(true);
  await page.reload();
  await page.getByRole("grid").getByText("张伟").waitFor();
  await at(page, "offline").filter({ hasText: "离线" }).waitFor();
  await axeClean(page, "a list without the server");
  await page.goto(`/o/lead/${lead}`);
  await at(page, "record.name").filter({ hasText: "张伟" }).waitFor();
  await page.context().setOffline(false);
  await at(page, "offline").waitFor({ state: "detached" });
});

test("who signs out leaves nothing behind", async () => {
  assert.ok((await keptNames()).some((name) => name.startsWith("answers-")));
  await at(page, "me").click();
  await at(page, "menu.sign-out").click();
  await at(page, "sign-in.email").waitFor();
  assert.deepEqual(
    (await keptNames()).filter((name) => name.startsWith("answers-")),
    [],
  );
  assert.equal(await page.evaluate(() => localStorage.getItem("recent")), null);
  await page.context().setOffline(true);
  await page.goto(`/o/lead/${lead}`);
  await at(page, "sign-in.email").waitFor();
  await soon(async () => assert.equal(await page.getByText("张伟").count(), 0));
  await page.context().setOffline(false);
  await page.goto("/sign-in");
  await at(page, "sign-in.email").fill(admin.email);
  await at(page, "sign-in.password").fill(admin.password);
  await at(page, "sign-in.submit").click();
  await at(page, "me").waitFor();
});

test("a new version waits to be asked for, and neither a draft nor what waits is lost", async () => {
  page.expectAbsence();
  page.expectRefusal("503");
  await page.goto("/o/lead/new");
  await page.getByLabel("联系人").fill("李静");
  const other = await page.context().newPage();
  await other.goto(`/o/lead/${lead}`);
  await at(other, "compose.note").click();
  await server.end();
  await at(other, "note.text").fill("等新版本上线再说");
  await at(other, "note.send").click();
  await at(other, "outbox.strip").waitFor();
  // The new server takes nothing yet: what waits must outlast the change of versions.
  await page.context().route("**/comments", (route) => route.fulfill({ status: 503, body: "{}" }));
  await server.deploy();
  await at(page, "update").waitFor({ timeout: 30_000 });
  await soon(async () =>
    assert.equal(await page.getByLabel("联系人").inputValue(), "李静", "nothing was reloaded"),
  );
  await page.getByLabel("联系人").fill("李静怡");
  await at(page, "update.reload").click();
  await at(page, "draft.restore").click();
  await soon(async () => assert.equal(await page.getByLabel("联系人").inputValue(), "李静怡"));
  await at(page, "outbox.strip").waitFor();
  await at(page, "update").waitFor({ state: "detached" });
  await at(other, "timeline.waiting").waitFor();
  await page.context().unroute("**/comments");
  await at(other, "outbox.strip").waitFor({ state: "detached", timeout: 30_000 });
  await at(other, "timeline").getByText("等新版本上线再说").waitFor();
});
