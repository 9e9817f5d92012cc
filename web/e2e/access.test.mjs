/**
 * Why somebody sees a record, or does not: an administrator asks about a person, reads which role and
 * which condition it is, and what would change it; the person asks about himself.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, choose, openPageOf, soon, start } from "./harness.mjs";

const { server, browser, page } = await start();
await api(page, "POST", "/meta/_apply", {
  definitions: [
    {
      kind: "role",
      name: "partner",
      grants: [
        {
          object: "lead",
          actions: ["read", "update"],
          fields: { read: ["*"], update: ["*"], mask: ["mobile"] },
        },
      ],
    },
    {
      kind: "role",
      name: "clerk",
      title: "Clerk",
      grants: [
        {
          object: "lead",
          actions: ["read", "update"],
          scope: "own",
          fields: { read: ["*", "-company"], update: ["*"] },
          where: 'status != "qualified"',
        },
      ],
    },
  ],
});
const clerk = await openPageOf(browser, server, page, "李静", ["clerk"]);
const { data: lead } = await api(page, "POST", "/records/lead", {
  name: "赵磊",
  company: "云图科技",
});
const record = `/o/lead/${lead.id}`;

async function open(who) {
  await who.goto(record);
  await at(who, "record.more").click();
  await at(who, "menu.access").click();
  await at(who, "access.verdict").waitFor();
}

test("what is masked is shown in part, and cannot be changed or filtered by", async () => {
  await api(page, "PATCH", `/records/lead/${lead.id}`, { mobile: "13812345678" });
  const partner = await openPageOf(browser, server, page, "周宁", ["partner"]);
  await partner.goto(record);
  const mobile = at(partner, "record.field.mobile");
  await mobile.filter({ hasText: "+86138****5678" }).waitFor();
  await soon(async () =>
    assert.equal(await mobile.getByRole("link").count(), 0, "nobody is called by it"),
  );
  await axeClean(partner, "a record with a masked field");
  await at(partner, "record.edit").click();
  await at(partner, "form.lead.field.name").waitFor();
  await partner.getByText("您只能看到一部分").first().waitFor();
  partner.assertClean();
});

test("an administrator finds out why somebody does not see a record, and what would help", async () => {
  await open(page);
  await choose(page, "access.person", "李静");
  await at(page, "access.verdict").filter({ hasText: "李静不能查看「赵磊」" }).waitFor();
  const grant = at(page, "access.grant.clerk.0");
  await grant.filter({ hasText: "本人的记录： 不满足" }).waitFor();
  await grant.filter({ hasText: 'status != "qualified"' }).waitFor();
  await at(page, "access.change").filter({ hasText: "共享" }).waitFor();
  await at(page, "access.predicate").click();
  await axeClean(page, "why somebody does not see a record");
  await page.keyboard.press("Escape");
  await at(page, "access.verdict").waitFor({ state: "detached" });
  await page.keyboard.press("Control+Shift+E");
  await at(page, "access.verdict").waitFor();
  page.assertClean();
});

test("once it is his he asks himself, and is told the fields that are left out", async () => {
  await api(page, "PATCH", `/records/lead/${lead.id}`, { owner: clerk.person.id });
  await open(clerk);
  await at(clerk, "access.verdict").filter({ hasText: "您能查看「赵磊」" }).waitFor();
  await at(clerk, "access.grant.clerk.0").filter({ hasText: "本人的记录： 满足" }).waitFor();
  await soon(async () =>
    assert.equal(await at(clerk, "access.person").count(), 0, "only about himself"),
  );
  await soon(async () =>
    assert.equal(await at(clerk, "access.predicate").count(), 0, "nothing of the database"),
  );
  await at(clerk, "access.action").getByText("删除").click();
  await at(clerk, "access.verdict").filter({ hasText: "不能删除" }).waitFor();
  await axeClean(clerk, "what one may do oneself");
  clerk.assertClean();
});
