/**
 * Calendars: a year at a glance that is walked by keys, holidays set by hand and taken from a file, what
 * would change shown before it is saved, nobody's change lost, and hours that make no sense refused.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { api, at, axeClean, openPageOf, soon, start } from "./harness.mjs";

const { page, browser, server } = await start({ templates: ["lead"] });
const li = await openPageOf(browser, server, page, "liwei", ["sales_rep"]);
const stored = async (name) => (await api(page, "GET", `/meta/calendar/${name}?raw=true`)).data;
const exceptionOf = async (name, from) =>
  (await stored(name)).exceptions?.find((one) => one.from === from);
const focused = () => page.evaluate(() => document.activeElement.dataset.testid);
const toYear = async (year) => {
  const shown = Number(await at(page, "calendars.year").textContent());
  const turn = at(page, year < shown ? "calendars.before" : "calendars.after");
  for (let left = Math.abs(year - shown); left > 0; left -= 1) await turn.click();
  await at(page, "calendars.year").getByText(String(year)).waitFor();
};

const file = (...events) => ({
  name: "holidays.ics",
  mimeType: "text/calendar",
  buffer: Buffer.from(
    [
      "BEGIN:VCALENDAR",
      "VERSION:2.0",
      ...events.flatMap(([from, to, summary], index) => [
        "BEGIN:VEVENT",
        `UID:${index}`,
        `DTSTART;VALUE=DATE:${from}`,
        `DTEND;VALUE=DATE:${to}`,
        `SUMMARY:${summary}`,
        "END:VEVENT",
      ]),
      "END:VCALENDAR",
      "",
    ].join("\r\n"),
  ),
});

test("the list tells which is the organisation's, and how much is worked", async () => {
  await page.goto("/");
  await at(page, "me").click();
  await at(page, "menu.calendars").click();
  const list = at(page, "calendars.list");
  await list.getByText("组织默认").waitFor();
  await axeClean(page, "the calendars");
  await at(page, "calendars.list.cn_office").click();
  await at(page, "calendar").getByRole("heading", { name: "中国办公日历" }).waitFor();
});

test("a year is walked by keys, and a day is made a day off under a name", async () => {
  await toYear(2026);
  await at(page, "calendars.worked").getByText("2026 年共 248 个工作日").waitFor();
  await at(page, "calendars.day.2026-02-14").getByText("调休上班，春节调休上班").waitFor();
  await at(page, "calendars.day.2026-10-01").getByText("国庆节").waitFor();
  await axeClean(page, "the year");
  await at(page, "calendars.day.2026-10-30").click();
  await at(page, "calendars.dayDialog").waitFor();
  await page.keyboard.press("Escape");
  await at(page, "calendars.dayDialog").waitFor({ state: "detached" });
  await at(page, "calendars.day.2026-10-30").focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await soon(async () => assert.equal(await focused(), "calendars.day.2026-11-07"));
  await page.keyboard.press("Home");
  await soon(async () => assert.equal(await focused(), "calendars.day.2026-11-02"));
  await page.keyboard.press("PageDown");
  await soon(async () => assert.equal(await focused(), "calendars.day.2026-12-02"));
  await page.keyboard.press("Enter");
  const dialog = at(page, "calendars.dayDialog");
  await dialog.getByText("放假", { exact: true }).click();
  await at(page, "calendars.dayTitle").fill("司庆");
  await axeClean(page, "a day");
  await at(page, "calendars.dayKeep").click();
  await at(page, "calendars.day.2026-12-02").getByText("放假，司庆").waitFor();
  await at(page, "calendars.worked").getByText("2026 年共 247 个工作日").waitFor();
  assert.equal(await exceptionOf("cn_office", "2026-12-02"), undefined, "nothing is saved yet");
});

test("what changes is shown, then saved; the words of other languages stay", async () => {
  await at(page, "calendars.review").click();
  await at(page, "calendars.saveDialog").getByText("2026年12月2日周三：放假，司庆").waitFor();
  await axeClean(page, "what changes");
  await at(page, "calendars.save").click();
  await at(page, "calendars.bar").waitFor({ state: "detached" });
  assert.deepEqual(await exceptionOf("cn_office", "2026-12-02"), {
    from: "2026-12-02",
    type: "off",
    title: "司庆",
  });
  assert.equal((await exceptionOf("cn_office", "2026-10-01")).title, "National Day");
  await page.reload();
  await at(page, "calendars.stay.2026-10-01").getByText("国庆节").waitFor();
});

test("half a day has hours of its own, and the week holds again where nothing is said", async () => {
  await at(page, "calendars.stay.2026-12-02.edit").click();
  await at(page, "calendars.dayDialog").getByText("自定工时", { exact: true }).click();
  await at(page, "calendars.dayHours.0.to").fill("08:00");
  await at(page, "calendars.dayHours.wrong").waitFor();
  await page.waitForFunction(
    () => document.querySelector('[data-testid="calendars.dayKeep"]').disabled,
  );
  await at(page, "calendars.dayHours.0.to").fill("12:00");
  await at(page, "calendars.dayKeep").click();
  await at(page, "calendars.stay.2026-12-02").getByText("09:00–12:00").waitFor();
  await at(page, "calendars.stay.2026-12-02.remove").click();
  await at(page, "calendars.stay.2026-12-02").waitFor({ state: "detached" });
  await at(page, "calendars.undo").click();
  await at(page, "calendars.stay.2026-12-02").getByText("09:00–12:00").waitFor();
  await at(page, "calendars.discard").click();
  await at(page, "calendars.stay.2026-12-02").getByText("司庆").waitFor();
});

test("holidays are taken from a file, after what they change is seen", async () => {
  await at(page, "calendars.import").click();
  await at(page, "calendars.file").setInputFiles({
    name: "x.ics",
    mimeType: "text/calendar",
    buffer: Buffer.from("nothing"),
  });
  await at(page, "calendars.fileWrong").getByText("这不是日历文件（.ics）。").waitFor();
  await at(page, "calendars.file").setInputFiles(
    file(
      ["20261001", "20261008", "国庆节"],
      ["20270101", "20270104", "元旦"],
      ["20270109", "20270110", "元旦（补班）"],
    ),
  );
  const preview = at(page, "calendars.preview");
  await preview.getByText("2 项新增或有变化").waitFor();
  await preview.getByText("1 项已在日历中。").waitFor();
  await axeClean(page, "what a file would change");
  await at(page, "calendars.takeIn").click();
  await at(page, "calendars.stay.2027-01-09").getByText("调休上班").waitFor();
  await at(page, "calendars.review").click();
  await at(page, "calendars.saveDialog").getByText("4 天有变化：").waitFor();
  await at(page, "calendars.save").click();
  await at(page, "calendars.bar").waitFor({ state: "detached" });
  assert.equal((await exceptionOf("cn_office", "2027-01-01")).to, "2027-01-03");
  assert.equal((await exceptionOf("cn_office", "2027-01-09")).type, "work");
});

test("two who change a calendar do not go over one another", async () => {
  const theirs = await stored("cn_office");
  await at(page, "calendars.stay.2027-01-09.remove").click();
  await at(page, "calendars.bar").waitFor();
  await api(page, "POST", "/meta/_apply", {
    definitions: [
      { ...theirs, exceptions: [{ from: "2026-03-08", type: "off", title: "Theirs" }] },
    ],
  });
  await at(page, "calendars.review").click();
  await at(page, "calendars.refused").getByText("此工作日历刚刚被他人保存过。").waitFor();
  await at(page, "calendars.takeTheirs").click();
  await at(page, "calendars.stay.2026-03-08").getByText("Theirs").waitFor();
  await at(page, "calendars.bar").waitFor({ state: "detached" });
  await api(page, "POST", "/meta/_apply", { definitions: [theirs] });
});

test("a new calendar has a week of its own, and none without an hour is saved", async () => {
  await page.goto("/settings/calendars");
  await at(page, "calendars.new").click();
  await at(page, "calendars.newTitle").fill("客服");
  await at(page, "calendars.newCode").fill("service");
  await at(page, "calendars.make").click();
  await at(page, "calendar").getByRole("heading", { name: "客服" }).waitFor();
  await at(page, "calendars.week.sat.add").click();
  await at(page, "calendars.week.sat.0.to").fill("12:00");
  await at(page, "calendars.week.sat.add").click();
  await at(page, "calendars.week.sat.1.from").fill("11:00");
  await at(page, "calendars.week.sat.1.to").fill("15:00");
  await at(page, "calendars.week.sat.wrong").waitFor();
  await at(page, "calendars.bar").getByText("还有内容没有填好。").waitFor();
  await at(page, "calendars.week.sat.1.from").fill("13:00");
  await at(page, "calendars.week.sat.wrong").waitFor({ state: "detached" });
  await at(page, "calendars.review").click();
  await at(page, "calendars.save").click();
  await at(page, "calendars.bar").waitFor({ state: "detached" });
  assert.deepEqual((await stored("service")).hours.sat, [
    { from: "09:00", to: "12:00" },
    { from: "13:00", to: "15:00" },
  ]);
  await at(page, "calendars.remove").click();
  await at(page, "calendars.removing.confirm").click();
  await at(page, "calendars.list.cn_office").waitFor();
  await at(page, "calendars.list.service").waitFor({ state: "detached" });
});

test("what is in use is not deleted, and says by what", async () => {
  await at(page, "calendars.list.cn_office").click();
  await at(page, "calendars.remove").click();
  await at(page, "calendars.removing.confirm").click();
  await at(page, "calendars.refused").getByText("/organisation/calendar").waitFor();
  await page.keyboard.press("Escape");
});

test("another calendar is made the organisation's, found from its settings", async () => {
  await api(page, "POST", "/meta/_apply", {
    definitions: [
      {
        kind: "calendar",
        name: "shifts",
        title: "轮班",
        hours: { mon: [{ from: "06:00", to: "14:00" }] },
      },
    ],
  });
  await page.goto("/settings/organisation");
  await at(page, "org.calendars").click();
  await at(page, "calendars.list.shifts").click();
  await at(page, "calendars.makeOwn").click();
  await at(page, "calendar").getByText("组织默认", { exact: true }).waitFor();
  await at(page, "calendars.makeOwn").waitFor({ state: "detached" });
  await soon(async () => assert.equal(await focused(), "calendars.import"));
  assert.equal((await api(page, "GET", "/organisation")).data.calendar, "shifts");
  await at(page, "calendars.back").click();
  await at(page, "calendars.list.cn_office").click();
  await at(page, "calendars.makeOwn").click();
  await at(page, "calendar").getByText("组织默认", { exact: true }).waitFor();
});

test("on a phone the months are stacked, and a day is set by a finger", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto("/settings/calendars/cn_office");
  await at(page, "calendars.months").waitFor();
  const wide = () => page.evaluate(() => document.documentElement.scrollWidth);
  await soon(async () => assert.ok((await wide()) <= 390));
  await at(page, "calendars.stay.2026-12-02.edit").click();
  await at(page, "calendars.dayDialog").waitFor();
  await axeClean(page, "a day on a phone");
  await page.keyboard.press("Escape");
});

test("who may not shape the product finds nothing", async () => {
  for (const path of ["/settings/calendars", "/settings/calendars/cn_office"]) {
    await li.goto(path);
    await at(li, "missing").waitFor();
  }
  await at(li, "me").click();
  await at(li, "menu.profile").waitFor();
  assert.equal(await at(li, "menu.calendars").count(), 0);
});
