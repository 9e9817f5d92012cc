/**
 * The views beside the table, by people who use a mouse, a keyboard, a menu or a phone: a card is
 * moved three ways by the same single change, what a rule refuses comes back with the reason, an
 * entry goes to another day, records are gone through one by one. With SHOTS=folder the views are
 * also photographed.
 */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { api, at, axeClean, openPage, soon, start } from "./harness.mjs";

const people = ["张伟", "李静", "王芳", "Maria Oliveira", "刘洋", "陈敏", "赵磊", "黄艳"];
const statuses = ["new", "assigned", "working", "qualified"];
const views = ["lead_board", "lead_calendar", "lead_cards", "lead_queue"];
const ready = {
  lead_board: '[data-testid="kanban"] [data-card]',
  lead_calendar: '[data-testid^="calendar.entry."]',
  lead_cards: '[data-testid^="gallery.card."]',
  lead_queue: '[data-testid^="split.row."]',
};
const long = { timeout: 120_000 };

const { server, browser, page, storageState } = await start({
  options: { viewport: { width: 1600, height: 900 } },
});
const now = Date.now();
await api(page, "POST", "/records/lead/_batch", {
  operations: Array.from({ length: 24 }, (_, index) => ({
    op: "create",
    values: {
      name: `${people[index % people.length]} ${index}`,
      company: "云图科技",
      status: statuses[index % statuses.length],
      score: index,
      // All on the third day from now, so that they do not fit.
      next_followup_at: index % 3 ? null : new Date(now + 3 * 86_400_000).toISOString(),
    },
  })),
});
const gallery = { type: "gallery", columns: ["company", "status", "owner"] };
await api(page, "POST", "/meta/_apply", {
  definitions: [{ kind: "view", name: "lead_cards", object: "lead", title: "名片", ...gallery }],
});

/** Counts the changes that a page asks for while something is done. */
async function changesIn(act) {
  const seen = [];
  const notice = (request) => request.method() === "PATCH" && seen.push(request);
  page.on("request", notice);
  await act();
  page.off("request", notice);
  return seen;
}

const column = (key) => at(page, `kanban.column.${key}`);
const spoken = (text) => at(page, "kanban.live").filter({ hasText: text }).waitFor();

async function dragTo(source, target, y) {
  const from = await source.boundingBox();
  const to = await target.boundingBox();
  await page.mouse.move(from.x + 30, from.y + 12);
  await page.mouse.down();
  await page.mouse.move(from.x + 60, from.y + 20, { steps: 4 });
  await page.mouse.move(to.x + 40, to.y + y, { steps: 8 });
  await page.mouse.up();
}

test(
  "a card is moved by mouse, by keyboard and by menu, each time by one change",
  long,
  async () => {
    await page.goto("/o/lead?view=lead_board");
    const first = column("new").locator("[data-card]").first();
    await first.waitFor();
    const dragged = await changesIn(async () => {
      await dragTo(first, column("assigned"), 120);
      await spoken("待跟进，第");
    });
    const carried = await changesIn(async () => {
      await column("new").locator("[data-card] a").first().focus();
      await page.keyboard.press("Space");
      await spoken("已从待分配拿起");
      await page.keyboard.press("ArrowRight");
      await spoken("待跟进，7 张卡片");
      await page.keyboard.press("Space");
      await spoken("待跟进，第");
    });
    const chosen = await changesIn(async () => {
      await column("new").locator("[data-card] a").first().focus();
      await page.keyboard.press("m");
      await page.getByRole("menuitem", { name: "待跟进" }).click();
      await column("new").locator("h2", { hasText: "3" }).waitFor();
      await column("assigned").locator("h2", { hasText: "9" }).waitFor();
    });
    for (const changes of [dragged, carried, chosen]) {
      assert.equal(changes.length, 1);
      assert.deepEqual(changes[0].postDataJSON(), { status: "assigned" });
      assert.match(changes[0].headers()["if-match"], /^"\d+"$/);
    }
    const { data } = await api(page, "POST", "/records/lead/_aggregate", {
      groups: [{ field: "status" }],
      measures: [{ as: "n", function: "count" }],
    });
    for (const { status, n } of data) {
      const shown = new RegExp(`^${n}\\b`);
      await at(page, `kanban.count.${status}`).filter({ hasText: shown }).waitFor();
    }
    page.assertClean();
  },
);

test(
  "what a rule refuses comes back with the reason, and goes with what was missing",
  long,
  async () => {
    page.expectRefusal(422);
    const first = column("new").locator("[data-card]").first();
    const id = await first.getAttribute("data-card");
    await first.locator("[data-menu] button").click();
    await page.getByRole("menuitem", { name: "无效" }).click();
    const refusal = column("new").locator(`[data-card="${id}"] [data-testid="move.refusal"]`);
    await refusal.filter({ hasText: "请说明无效原因" }).waitFor();
    await spoken("没有移动");
    await axeClean(page, "a board with a refusal");
    await at(page, "move.fill").click();
    await at(page, "move.disqualify_reason").click();
    await page.locator(".ant-select-item-option", { hasText: "无需求" }).first().click();
    await at(page, "move.save").click();
    await column("disqualified").locator(`[data-card="${id}"]`).waitFor();
    const { data } = await api(page, "GET", `/records/lead/${id}`);
    assert.deepEqual([data.status, data.disqualify_reason], ["disqualified", "no_need"]);
    page.assertClean();
  },
);

test("an entry goes to another day by mouse and by dialog, at the same hour", long, async () => {
  await page.goto("/o/lead?view=lead_calendar");
  const more = page.locator('[data-testid^="calendar.more."]').first();
  await more.waitFor();
  const from = page.locator("[data-day]", { has: more });
  const entry = from.locator('[data-testid^="calendar.entry."]').first();
  const id = (await entry.getAttribute("data-testid")).replace("calendar.entry.", "");
  const { data: before } = await api(page, "GET", `/records/lead/${id}`);
  const day = await from.getAttribute("data-day");
  const other = day.endsWith("-10") ? "11" : "10";
  const target = page.locator(`[data-day="${day.slice(0, 8)}${other}"]`);
  const changes = await changesIn(async () => {
    await target.scrollIntoViewIfNeeded();
    await dragTo(entry, target, 50);
    await at(page, "calendar.live").filter({ hasText: "已移到" }).waitFor();
  });
  assert.equal(changes.length, 1);
  const { data: after } = await api(page, "GET", `/records/lead/${id}`);
  const hour = (instant) => instant.slice(11, 16);
  assert.equal(hour(after.next_followup_at), hour(before.next_followup_at));
  assert.notEqual(after.next_followup_at, before.next_followup_at);
  await page.keyboard.press("a");
  await at(page, "calendar.agenda").waitFor();
  await at(page, `calendar.entry.${id}.move`).click();
  await at(page, "calendar.dialog").waitFor();
  await axeClean(page, "moving an entry");
  await page.keyboard.press("Escape");
  page.assertClean();
});

test("what has no date yet is put on a day", long, async () => {
  await page.goto("/o/lead?view=lead_calendar");
  await at(page, "calendar.undated").click();
  const waiting = at(page, "calendar.waiting").locator("li");
  await waiting.first().waitFor();
  const id = (await waiting.first().getAttribute("data-testid")).replace("calendar.entry.", "");
  const target = page.locator('[data-day$="-15"]');
  await axeClean(page, "a calendar with what has no date");
  const changes = await changesIn(async () => {
    await target.scrollIntoViewIfNeeded();
    await dragTo(waiting.first(), target, 50);
    await at(page, "calendar.live").filter({ hasText: "已移到" }).waitFor();
  });
  assert.equal(changes.length, 1);
  const day = await target.getAttribute("data-day");
  const { data } = await api(page, "GET", `/records/lead/${id}`);
  assert.equal(data.next_followup_at, `${day}T01:00:00.000Z`);
  await target.locator(`[data-testid="calendar.entry.${id}"]`).waitFor();
  await photograph(page, "undated");
  page.assertClean();
});

test("what lasts several days is drawn across them, and moves as a whole", long, async () => {
  const date = (title) => ({ field: "date", title });
  const visit = {
    kind: "object",
    name: "visit",
    title: "Visit",
    plural: "Visits",
    type: "object",
    display: "name",
    required: ["name"],
    properties: {
      name: { field: "text", title: "Name" },
      from: date("From"),
      until: date("Until"),
    },
  };
  const days = { type: "calendar", columns: ["name"], start: "from", end: "until" };
  const view = { kind: "view", name: "visit_days", object: "visit", title: "Days", ...days };
  await api(page, "POST", "/meta/_apply", { definitions: [visit, view] });
  const make = async (name, from, until) =>
    (await api(page, "POST", "/records/visit", { name, from, until })).data.id;
  const fair = await make("上海展会", "2026-03-10", "2026-03-12");
  await make("客户拜访", "2026-03-08", "2026-03-10");
  await make("电话会议", "2026-03-11", null);
  await page.goto("/o/visit?view=visit_days&day=2026-03-11");
  const pieces = at(page, `calendar.entry.${fair}`);
  await pieces.nth(2).waitFor();
  const boxes = await pieces.evaluateAll((all) =>
    all.map((piece) => {
      const { left, right, top } = piece.getBoundingClientRect();
      return { left, right, top };
    }),
  );
  assert.equal(boxes.length, 3);
  for (const [index, box] of boxes.slice(1).entries()) {
    assert.equal(box.top, boxes[0].top);
    assert.ok(Math.abs(box.left - boxes[index].right) < 1, "one piece goes over into the next");
  }
  await axeClean(page, "entries of several days");
  await photograph(page, "several-days");
  await dragTo(pieces.nth(1), page.locator('[data-day="2026-03-18"]'), 50);
  await at(page, "calendar.live").filter({ hasText: "已移到" }).waitFor();
  const { data } = await api(page, "GET", `/records/visit/${fair}`);
  assert.deepEqual([data.from, data.until], ["2026-03-17", "2026-03-19"]);
  page.assertClean();
});

test("records are gone through beside their list, with the keyboard alone", long, async () => {
  await page.goto("/o/lead?view=lead_queue");
  await page.locator(ready.lead_queue).first().waitFor();
  const name = at(page, "record.name");
  await page.keyboard.press("j");
  await name.waitFor();
  const first = await name.innerText();
  await page.keyboard.press("j");
  await name.filter({ hasNotText: first }).waitFor();
  await page.keyboard.press("k");
  await name.filter({ hasText: first }).waitFor();
  await page.keyboard.press("F6");
  const inRecord = () =>
    page.waitForFunction(() => document.activeElement?.dataset.testid === "split.record");
  await inRecord();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.getAttribute("aria-current") === "true");
  await page.keyboard.press("Enter");
  await inRecord();
  page.assertClean();
});

const screens = {
  desk: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};
for (const locale of ["zh-CN", "en"]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [screen, options] of Object.entries(screens)) {
      test(`every view: ${locale}, ${colorScheme}, ${screen}`, long, async () => {
        const context = { locale, colorScheme, storageState, ...options };
        const own = await openPage(browser, server, context);
        await own.addInitScript((language) => localStorage.setItem("language", language), locale);
        await own.goto("/");
        await api(own, "PATCH", "/me", { locale });
        for (const view of views) {
          await own.goto(`/o/lead?view=${view}`);
          await own.locator(ready[view]).first().waitFor();
          await soon(async () =>
            assert.equal(await own.getByRole("heading", { level: 1 }).count(), 1),
          );
          const wide = await own.evaluate(
            () => document.scrollingElement.scrollWidth - document.documentElement.clientWidth,
          );
          assert.equal(wide, 0, `${view} does not scroll sideways`);
          await photograph(own, `${view}-${locale}-${colorScheme}-${screen}`);
          await axeClean(own, `${view} (${locale}, ${colorScheme}, ${screen})`);
        }
        own.assertClean();
        await own.context().close();
      });
    }
  }
}

async function photograph(own, name) {
  if (!process.env.SHOTS) return;
  await mkdir(process.env.SHOTS, { recursive: true });
  await own.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
}
