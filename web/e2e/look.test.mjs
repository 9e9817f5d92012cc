/**
 * Every page in both languages, light and dark, on a desk and on a phone: axe finds nothing grave,
 * nothing sticks out, the console stays clean. With SHOTS=folder the pages are also photographed.
 */
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { api, at, axeClean, openPage, soon, start } from "./harness.mjs";

const people = [
  "张伟",
  "李静",
  "王芳",
  "Maria Oliveira",
  "刘洋",
  "陈敏",
  "赵磊",
  "黄艳",
  "周勇",
  "吴娜",
];
const companies = [
  "云图科技",
  "海蓝教育",
  "华芯半导体",
  "Northwind Trading",
  "启明医疗",
  "江南制造",
];
const statuses = ["new", "working", "nurturing", "qualified"];
const sources = ["exhibition", "web", "referral"];

const { server, browser, page, storageState } = await start();
const { data } = await api(page, "GET", "/meta");
const codes = (name) =>
  data.definitions
    .find((one) => one.kind === "object" && one.name === "lead")
    .properties[name].oneOf.map((option) => option.const);
const known = { status: codes("status"), source: codes("source") };
const pick = (name, wanted, index) =>
  known[name].includes(wanted[index % wanted.length])
    ? wanted[index % wanted.length]
    : known[name][index % known[name].length];
const operations = Array.from({ length: 60 }, (_, index) => ({
  op: "create",
  values: {
    name: people[index % people.length],
    company: companies[index % companies.length],
    status: pick("status", statuses, index),
    source: pick("source", sources, index),
    mobile: `+86138${String(10_000_000 + index * 7919).slice(0, 8)}`,
    email: index % 3 ? `lead${index}@example.com` : null,
    score: (index * 37) % 101,
    next_followup_at: index % 2 ? `2026-11-${String(22 + (index % 8))}T02:00:00.000Z` : null,
    demand: "希望下季度上线，先做两个校区的试点，需要和现有系统对接。",
  },
}));
await api(page, "POST", "/records/lead/_batch", { operations });
const first = await api(page, "GET", "/records/lead?limit=1");
const lead = first.data[0];
const tags = { status: "working", company: "云图科技股份有限公司" };
await api(page, "PATCH", `/records/lead/${lead.id}`, tags);
await api(page, "POST", "/tokens", { name: "Website form", expires_in_days: 90 });
await page.context().close();

const pages = () => ({
  list: ["/o/lead", async (page) => at(page, "list.total").filter({ hasText: /\d/ }).waitFor()],
  filter: [
    `/o/lead?where=${encodeURIComponent('status == "working" && (score >= 50 || email == null)')}`,
    async (page) => {
      await at(page, "list.filter").click();
      await at(page, "filter.row.score").waitFor();
    },
  ],
  record: [
    `/o/lead/${lead.id}`,
    async (page) => at(page, "timeline").getByRole("listitem").first().waitFor(),
  ],
  edit: [`/o/lead/${lead.id}?edit=`, async (page) => at(page, "form.save").waitFor()],
  new: ["/o/lead/new", async (page) => at(page, "form.save").waitFor()],
  dashboard: ["/dashboards/lead_desk", async (page) => at(page, "chart.funnel").waitFor()],
  import: ["/o/lead/import", async (page) => at(page, "file").waitFor({ state: "attached" })],
  home: ["/", async (page) => at(page, "day.today").waitFor()],
  duplicates: ["/o/lead/duplicates", async (page) => at(page, "duplicates").waitFor()],
  bin: ["/bin", async (page) => at(page, "bin").waitFor()],
  notifications: ["/notifications", async (page) => at(page, "notifications").waitFor()],
  profile: ["/settings/profile", async (page) => at(page, "settings.save").waitFor()],
  audit: ["/settings/audit", async (page) => at(page, "audit.file").waitFor()],
  keys: ["/settings/keys", async (page) => at(page, "keys").waitFor()],
});

const screens = {
  desk: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
};

for (const locale of ["zh-CN", "en"]) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [screen, options] of Object.entries(screens)) {
      test(`${locale}, ${colorScheme}, ${screen}`, async () => {
        const context = { locale, colorScheme, storageState, ...options };
        const page = await openPage(browser, server, context);
        await page.addInitScript((language) => localStorage.setItem("language", language), locale);
        await page.goto("/");
        await api(page, "PATCH", "/me", { locale });
        for (const [name, [address, ready]] of Object.entries(pages())) {
          await page.goto(address);
          await ready(page);
          await soon(async () => assert.equal(await page.getAttribute("html", "lang"), locale));
          await soon(async () =>
            assert.equal(
              await page.getByRole("heading", { level: 1 }).count(),
              1,
              `${name}: one h1`,
            ),
          );
          const wide = await page.evaluate(
            () => document.scrollingElement.scrollWidth - document.documentElement.clientWidth,
          );
          assert.equal(wide, 0, `${name} does not scroll sideways`);
          if (process.env.SHOTS)
            await photograph(page, `${name}-${locale}-${colorScheme}-${screen}`);
          await axeClean(page, `${name} (${locale}, ${colorScheme}, ${screen})`);
        }
        page.assertClean();
        await page.context().close();
      });
    }
  }
}

async function photograph(page, name) {
  await mkdir(process.env.SHOTS, { recursive: true });
  await page.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
}
