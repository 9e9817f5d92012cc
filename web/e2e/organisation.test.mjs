/**
 * The settings of the organisation: what is changed is seen by everybody at once, what cannot be
 * changed says why, two administrators do not overwrite each other, and nobody else finds the page.
 */
import { test } from "node:test";
import { api, at, axeClean, choose, openPage, openPageOf, start } from "./harness.mjs";

const { page, browser, server, storageState } = await start({ templates: ["lead", "crm"] });
const li = await openPageOf(browser, server, page, "liwei", ["sales_rep"]);

/** Opens the settings, and waits until they are there. */
async function settings(of) {
  await of.goto("/settings/organisation");
  await at(of, "org.general.save").waitFor();
}

test("the name is changed, and everybody sees it", async () => {
  await page.goto("/");
  await at(page, "me").click();
  await at(page, "menu.organisation").click();
  await at(page, "org.name").fill("云图控股");
  await at(page, "org.general.save").click();
  await page.getByText("已保存，即刻对所有人生效。").waitFor();
  await page.locator("header").getByText("云图控股").waitFor();
  await li.goto("/");
  await li.locator("header").getByText("云图控股").waitFor();
  await axeClean(page, "the settings of the organisation");
});

test("the currency stays while amounts are kept, and the page says where", async () => {
  const { data: account } = await api(page, "POST", "/records/account", { name: "Northwind" });
  await api(page, "POST", "/records/opportunity", {
    name: "Second phase",
    account: account.id,
    stage: "negotiation",
    close_date: "2027-12-31",
    amount: "1200.50",
  });
  await settings(page);
  await choose(page, "org.currency", "USD");
  await at(page, "org.money.save").click();
  await page.getByText(/不能再更改本位币：.*商机 \(1\)/).waitFor();
});

test("only the currencies in use are offered for an amount", async () => {
  await settings(page);
  await at(page, "org.currencies").click();
  for (const code of ["CNY", "EUR"]) {
    await page.keyboard.type(code);
    await page.locator(".ant-select-item-option", { hasText: `${code} ·` }).click();
    await at(page, "org.currencies")
      .locator(".ant-select-selection-item")
      .getByText(code)
      .waitFor();
  }
  await page.keyboard.press("Escape");
  await at(page, "org.money.save").click();
  await page.getByText("已保存，即刻对所有人生效。").waitFor();
  await page.goto("/o/opportunity/new");
  await at(page, "field.amount.currency").click();
  const offered = page.locator(".ant-select-item-option");
  await offered.getByText("EUR", { exact: true }).waitFor();
  await offered.getByText("USD", { exact: true }).waitFor({ state: "detached" });
});

test("two who change the same learn of each other, and what was entered stays", async () => {
  await settings(page);
  const other = await openPage(browser, server, { storageState });
  await settings(other);
  await at(other, "org.name").fill("云图集团");
  await at(other, "org.general.save").click();
  await other.locator("header").getByText("云图集团").waitFor();
  await at(page, "org.name").fill("云图科技");
  await at(page, "org.general.save").click();
  await at(page, "org.general.stale").waitFor();
  await at(page, "org.general.save").click();
  await page.locator("header").getByText("云图科技").waitFor();
  await other.context().close();
});

test("a report by fiscal quarter follows the month in which the fiscal year begins", async () => {
  await api(page, "POST", "/meta/_apply", {
    definitions: [
      {
        kind: "report",
        name: "closing",
        object: "opportunity",
        groups: [{ field: "close_date", by: "fiscal_quarter" }],
        measures: [{ name: "n", function: "count" }],
        chart: "table",
      },
      {
        kind: "dashboard",
        name: "closings",
        cards: [{ report: "closing", x: 0, y: 0, w: 6, h: 4 }],
      },
    ],
  });
  await page.goto("/dashboards/closings");
  await page.getByText("财年 2027 第4季度").first().waitFor();
  await settings(page);
  await choose(page, "org.fiscalStart", "四月");
  await at(page, "org.fiscalExample").getByText("-04-01").waitFor();
  await at(page, "org.fiscal.save").click();
  await page.getByText("已保存，即刻对所有人生效。").waitFor();
  await page.goto("/dashboards/closings");
  await page.getByText("财年 2028 第3季度").first().waitFor();
});

test("a language that is not offered is not chosen any more", async () => {
  await settings(page);
  await at(page, "org.languages.en").uncheck();
  await at(page, "org.languages.save").click();
  await at(page, "language").waitFor({ state: "detached" });
  const stranger = await openPage(browser, server, { locale: "en" });
  await stranger.goto("/sign-in");
  await stranger.getByRole("heading", { name: "登录", exact: true }).waitFor();
  await at(stranger, "language").waitFor({ state: "detached" });
  await stranger.context().close();
  await at(page, "org.languages.en").check();
  await at(page, "org.languages.save").click();
  await at(page, "language").waitFor();
});

test("the name, colour and logo of the house are everywhere, also for who has yet to sign in", async () => {
  const logo = await page.evaluate(() => {
    const canvas = document.createElement("canvas");
    canvas.width = 160;
    canvas.height = 80;
    canvas.getContext("2d").fillRect(0, 0, 160, 80);
    return canvas.toDataURL("image/png").split(",")[1];
  });
  await settings(page);
  await at(page, "org.brandName").fill("云图客户通");
  await at(page, "org.accent").fill("#ffe600");
  await axeClean(page, "a colour that could not be read");
  await at(page, "org.brand.save").click();
  await page.getByText("已保存，即刻对所有人生效。").waitFor();
  await page.locator("header").getByText("云图客户通").waitFor();
  const file = { name: "logo.png", mimeType: "image/png", buffer: Buffer.from(logo, "base64") };
  await at(page, "org.logo").setInputFiles(file);
  await at(page, "org.logo.shown").waitFor();
  await axeClean(page, "the settings in the colour of the house");
  for (const colorScheme of ["light", "dark"]) {
    const stranger = await openPage(browser, server, { colorScheme });
    await stranger.goto("/sign-in");
    await at(stranger, "brand.logo").waitFor();
    await stranger.getByText("云图客户通").waitFor();
    await axeClean(stranger, `signing in in the colour of the house, ${colorScheme}`);
    stranger.assertClean();
    await stranger.context().close();
  }
  page.expectRefusal(422);
  const text = {
    name: "logo.png",
    mimeType: "image/png",
    buffer: Buffer.from("<svg onload=alert(1)>"),
  };
  await at(page, "org.logo").setInputFiles(text);
  await page
    .getByText("PNG", { exact: false })
    .and(page.locator("[id$=-error], [id$=-error] *"))
    .first()
    .waitFor();
  await at(page, "org.logo.remove").click();
  await at(page, "org.logo.shown").waitFor({ state: "detached" });
});

test("who may not change the organisation finds no such page", async () => {
  await li.goto("/settings/organisation");
  await at(li, "missing").waitFor();
  await at(li, "me").click();
  await at(li, "menu.profile").waitFor();
  await at(li, "menu.organisation").waitFor({ state: "detached" });
});
