/**
 * An administrator looks at the application as somebody else: with that person's rights, in a red frame,
 * without doing anything, and without a trace of it in his browser; both ends are in the audit log.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, choose, openPageOf, soon, start } from "./harness.mjs";

const { server, browser, page } = await start();
await api(page, "POST", "/meta/_apply", {
  definitions: [
    {
      kind: "role",
      name: "clerk",
      title: "文员",
      grants: [
        {
          object: "lead",
          actions: ["create", "read", "update"],
          scope: "own",
          fields: { read: ["*", "-company"], update: ["*", "-company"] },
        },
      ],
    },
  ],
});
const li = await openPageOf(browser, server, page, "李静", ["clerk"]);
const lead = async (name, owner) =>
  (await api(page, "POST", "/records/lead", { name, company: "云图科技", ...(owner && { owner }) }))
    .data;
const hers = await lead("赵磊", li.person.id);
const hidden = await lead("陈晨");

const list = (who) => at(who, "list.lead").or(who.locator("main")).first();
const shown = async (who) => {
  await who.goto("/o/lead");
  await who.getByText("赵磊").first().waitFor();
  return list(who).innerText();
};
/** What this browser keeps, all of it. */
const keptHere = () =>
  page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("answers-"));
    const answers = [];
    for (const name of names) {
      for (const { url } of await (await caches.open(name)).keys()) {
        const text = await (await caches.match(url, { cacheName: name })).text();
        answers.push(`${name} ${url} ${text}`);
      }
    }
    return { storage: { ...localStorage }, answers };
  });

async function begin() {
  await page.goto("/settings/people");
  await at(page, `people.${li.person.id}.actions`).click();
  await at(page, "menu.view").click();
  await at(page, "people.agree").click();
  await at(page, "view-as").waitFor();
}

test("an administrator looks at the application as somebody else, and sees what that person sees", async () => {
  await page.goto(`/o/lead/${hidden.id}`);
  await at(page, "record.name").filter({ hasText: "陈晨" }).waitFor();
  const before = await keptHere();
  const own = await shown(li);
  await begin();
  await at(page, "view-as").filter({ hasText: "您正在以 李静 的身份查看" }).waitFor();
  await axeClean(page, "looking as somebody else");
  const strip = (text) => text.replace(/您正在以[\s\S]*结束查看\s*/, "").trim();
  await soon(async () => assert.equal(strip(await shown(page)), strip(own)));
  assert.deepEqual(
    await api(page, "GET", "/records/lead?sort=name"),
    await api(li, "GET", "/records/lead?sort=name"),
  );
  page.expectRefusal(404);
  await page.goto(`/o/lead/${hidden.id}`);
  await at(page, "missing").waitFor();
  const after = await keptHere();
  const about = (kept) => JSON.stringify(kept).includes(li.person.id);
  assert.equal(after.storage.person, before.storage.person, "answers are kept for him alone");
  assert.equal(after.storage.recent, before.storage.recent);
  assert.equal(about(after.storage), about(before.storage));
  assert.deepEqual(
    after.answers.filter((one) => one.includes("/session ")),
    before.answers.filter((one) => one.includes("/session ")),
  );
});

test("nothing can be changed, and how the person signs in is not shown", async () => {
  page.expectRefusal(403);
  await page.goto(`/o/lead/${hers.id}?edit=`);
  await at(page, "form.lead.field.name").waitFor();
  await at(page, "form.lead.field.name").getByRole("textbox").fill("改过");
  await at(page, "form.save").click();
  await page.getByText("您正在以他人身份查看，不能执行任何操作").first().waitFor();
  assert.equal((await api(li, "GET", `/records/lead/${hers.id}`)).data.name, "赵磊");
  const kept = await keptHere();
  assert.ok(
    !Object.keys(kept.storage).some((name) => name.startsWith("draft:")),
    "nothing that was typed stays in the browser",
  );
  await page.goto("/settings/profile");
  await at(page, "viewing").first().waitFor();
  await soon(async () => assert.equal(await at(page, "me.sessions").count(), 0));
});

test("another page of the browser does not go on as the administrator, nor as the other", async () => {
  const second = await page.context().newPage();
  await second.goto("/o/lead");
  await at(second, "view-as").waitFor();
  await at(page, "view-as.end").click();
  await at(page, "view-as").waitFor({ state: "detached" });
  await at(second, "view-as").waitFor({ state: "detached" }); // its stream has ended
  await at(second, "me").filter({ hasText: "王晓明" }).waitFor();
  await begin();
  await second.evaluate(() => dispatchEvent(new Event("online"))); // it looks whether the server is there
  await at(second, "view-as").waitFor();
  await second.close();
  await at(page, "view-as.end").click();
  await at(page, "view-as").waitFor({ state: "detached" });
});

test("who asks why somebody sees a record looks at it as that person", async () => {
  await page.goto(`/o/lead/${hers.id}`);
  await at(page, "record.more").click();
  await at(page, "menu.access").click();
  await choose(page, "access.person", "李静");
  await at(page, "access.view-as").click();
  await at(page, "view-as").waitFor();
  await at(page, "record.name").filter({ hasText: "赵磊" }).waitFor();
  await soon(async () =>
    assert.equal(await at(page, "record.field.company").count(), 0, "a field that she may not see"),
  );
  await page.setViewportSize({ width: 390, height: 844 });
  await axeClean(page, "looking as somebody else on a phone");
  await at(page, "view-as.end").click();
  await at(page, "view-as").waitFor({ state: "detached" });
  await page.setViewportSize({ width: 1280, height: 800 });
});

test("that he did so is in the audit log, with who and whom", async () => {
  await page.goto("/settings/audit");
  await page.getByText("开始以他人身份查看").first().waitFor();
  const { data } = await api(page, "GET", "/audit?action=view_as_ended");
  assert.equal(data.length, 3);
  assert.equal(data[0].subject, li.person.id);
  page.assertClean();
  li.assertClean();
});
