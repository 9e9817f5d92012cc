/**
 * Every page in Chinese, in English, and in an English that is half as long again: no raw key, no
 * sentence of the other language, nothing cut off; and a change of language keeps what was typed.
 */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { api, at, openPage, soon, start } from "./harness.mjs";
import { makeRoutes, sideways, visit } from "./routes.mjs";

const english = JSON.parse(await readFile(new URL("../src/i18n/en.json", import.meta.url), "utf8"));
/** What people and the organisation have written, and names that are no words of a language. */
const names = [
  "Maria Oliveira",
  "Li Jing",
  "Wang Xiaoming",
  "Second phase",
  "Northwind",
  "Trellis",
];

const { server, browser, page, storageState } = await start({
  name: "Wang Xiaoming",
  organisation: "Northwind",
  templates: ["lead", "crm"],
});
const routes = await makeRoutes(page);
await api(page, "PATCH", "/me", { locale: "" });
await page.context().close();

/** Opens a browser whose person reads a language. */
async function reader(locale, options = {}) {
  const page = await openPage(browser, server, { locale, storageState, ...options });
  await page.addInitScript((language) => localStorage.setItem("language", language), locale);
  return page;
}

/** The texts that are seen or read aloud, but for those that say of which other language they are. */
function textsOf(page) {
  return page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts = [document.title];
    while (walker.nextNode()) {
      const { parentElement: holder, nodeValue } = walker.currentNode;
      const own = holder.closest("[lang]") === document.documentElement;
      if (own && !holder.closest("script, style, kbd, code")) texts.push(nodeValue.trim());
    }
    for (const one of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
      for (const name of ["aria-label", "title", "placeholder"]) {
        texts.push(one.getAttribute(name) ?? "");
      }
    }
    return [...new Set(texts.filter(Boolean))];
  });
}

const rawKey = new RegExp(`^(${Object.keys(english).join("|")})\\.[\\w.]+$`);

async function crawl(locale, wrongIn) {
  const page = await reader(locale);
  const found = [];
  for (const [name, address] of Object.entries(routes)) {
    await visit(page, address);
    await soon(async () => assert.equal(await page.getAttribute("html", "lang"), locale));
    for (const text of await textsOf(page)) {
      if (rawKey.test(text) || wrongIn(text)) found.push(`${name}: ${text}`);
    }
  }
  assert.deepEqual(found, []);
  page.assertClean();
  await page.context().close();
}

test("in Chinese no page has a raw key or an English sentence", () =>
  crawl("zh-CN", (text) => {
    const rest = names.reduce((so, name) => so.replaceAll(name, ""), text);
    return !/\p{Script=Han}/u.test(text) && /[a-z]{2,} [a-z]{2,}/i.test(rest);
  }));

test("in English no page has a raw key or a Chinese character", () =>
  crawl("en", (text) => /\p{Script=Han}/u.test(text.replace(/中文|Language · 语言/g, ""))));

/** Every text half as long again, between marks; its places and tags stay. */
function longer(texts) {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => {
      if (typeof text === "object") return [key, longer(text)];
      const more = "ŀōng ".repeat(Math.ceil((text.length * 0.45) / 5)).trim();
      return [key, `[${text} ${more}]`];
    }),
  );
}

test("texts that are half as long again are not cut off", async () => {
  const page = await reader("en");
  const body = `export default ${JSON.stringify(longer(english))}`;
  await page.route(/\/assets\/en-[\w-]+\.js$/, (route) =>
    route.fulfill({ contentType: "text/javascript", body }),
  );
  const found = [];
  for (const [name, address] of Object.entries(routes)) {
    await visit(page, address);
    if (name === "home") await page.getByText("ŀōng").first().waitFor();
    if ((await sideways(page)) > 0) found.push(`${name}: scrolls sideways`);
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll("body *")]
        .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3))
        .filter((one) => !one.closest(".unseen, [role=grid], table") && one.clientWidth > 0)
        .filter((one) => {
          const { overflowX, textOverflow } = getComputedStyle(one);
          const hides = overflowX === "hidden" || overflowX === "clip";
          return hides && textOverflow !== "ellipsis" && one.scrollWidth > one.clientWidth + 1;
        })
        .map((one) => one.textContent),
    );
    found.push(...cut.map((text) => `${name}: ${text}`));
  }
  assert.deepEqual(found, []);
  await page.context().close();
});

test("a change of language keeps what was typed", async () => {
  const page = await reader("zh-CN");
  await visit(page, "/o/lead/new");
  await page.getByLabel("联系人").fill("Anna");
  await at(page, "language").click();
  await at(page, "menu.language.en").click();
  await page.locator("html[lang=en]").waitFor();
  const name = page
    .locator('[data-testid="field.name"]')
    .or(page.getByLabel("Name", { exact: true }));
  await name.first().waitFor();
  await soon(async () => assert.equal(await name.first().inputValue(), "Anna"));
  page.assertClean();
});
