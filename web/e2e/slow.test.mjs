/**
 * Far away and on a weak machine: 150 ms to the server, 1.6 Mbit/s, a quarter of the processor. The
 * first start brings little, an outline stands where the content will be and nothing jumps; the second
 * start asks the network for none of the application. How long it took is printed, not asserted.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { at, openPage, start } from "./harness.mjs";
import { makeRoutes } from "./routes.mjs";

// Of the shell, and of the page that it shows.
const scriptBudget = (380 + 80) * 1024;
const mostShift = 0.1;

const { server, browser, page: first, storageState } = await start({ templates: ["lead", "crm"] });
const routes = await makeRoutes(first);
await first.context().close();

/** What each page is for. */
const content = '[data-testid="day.today"] li, main [role=grid] [role=row][aria-rowindex="2"]';

/** Notes in the page what jumped, the first outline of each place, and when its content was there. */
function watch(content) {
  globalThis.shift = 0;
  globalThis.outlines = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) {
      if (!hadRecentInput) globalThis.shift += value;
    }
  }).observe({ type: "layout-shift", buffered: true });
  const seen = new Set();
  new MutationObserver(() => {
    if (document.querySelector(content)) globalThis.filled ??= performance.now();
    for (const outline of document.querySelectorAll('main [data-testid="loading"]')) {
      const place = outline.parentElement;
      if (seen.has(place)) continue;
      seen.add(place);
      const { x, y, width } = place.getBoundingClientRect();
      globalThis.outlines.push({ x, y, width });
    }
  }).observe(document, { childList: true, subtree: true });
}

/** A page on a slow line and a slow machine, and the bytes of the scripts that it was sent. */
async function slowPage() {
  const page = await openPage(browser, server, { storageState, serviceWorkers: "allow" });
  page.setDefaultTimeout(90_000);
  await page.addInitScript(watch, content);
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 150,
    downloadThroughput: 1_600_000 / 8,
    uploadThroughput: 750_000 / 8,
  });
  await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  const scripts = new Set();
  const sent = { bytes: 0 };
  session.on("Network.responseReceived", ({ requestId, type }) => {
    if (type === "Script") scripts.add(requestId);
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) sent.bytes += encodedDataLength;
  });
  return { page, sent };
}

/** Opens an address; gives the seconds until its content is there, by the clock of the page. */
async function opened(page, address, what) {
  await page.goto(address, { waitUntil: "commit" });
  await what.waitFor();
  return (await page.evaluate(() => globalThis.filled)) / 1000;
}

const seconds = (value) => `${value.toFixed(1)} s`;

test("the first start is light, shows an outline, and does not jump; the second is here already", async (t) => {
  const { page, sent } = await slowPage();
  const row = at(page, "day.today").getByRole("listitem").first();
  const cold = await opened(page, routes.home, row);
  t.diagnostic(
    `a first start took ${seconds(cold)} and ${Math.round(sent.bytes / 1024)} KB of scripts`,
  );
  assert.ok(sent.bytes > 0 && sent.bytes <= scriptBudget, `${sent.bytes} bytes of scripts`);
  const noted = await page.evaluate(() => ({ shift: globalThis.shift, seen: globalThis.outlines }));
  assert.ok(noted.seen.length > 0, "an outline comes before the content");
  assert.ok(noted.shift < mostShift, `what was shown jumped by ${noted.shift}`);

  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const asked = [];
  page.on("response", (response) => {
    const isScript = response.request().resourceType() === "script";
    if (isScript && !response.fromServiceWorker()) asked.push(response.url());
  });
  const warm = await opened(page, routes.home, row);
  t.diagnostic(`a second start took ${seconds(warm)}`);
  assert.deepEqual(asked, [], "no script is asked of the network");
  assert.ok((await page.evaluate(() => globalThis.shift)) < mostShift);
  page.assertClean();
  await page.context().close();
});

test("the outline of a list stands where its rows will", async (t) => {
  const { page } = await slowPage();
  const grid = page.getByRole("grid");
  const took = await opened(page, routes.list, grid.getByText("Maria Oliveira"));
  t.diagnostic(`a list took ${seconds(took)}`);
  const { outlines, shift, place } = await page.evaluate(() => {
    const { x, y, width } = document
      .querySelector("main [role=grid]")
      .parentElement.getBoundingClientRect();
    return { outlines: globalThis.outlines, shift: globalThis.shift, place: { x, y, width } };
  });
  const last = outlines.at(-1);
  assert.ok(last, "an outline comes before the rows");
  for (const side of ["x", "y", "width"]) {
    assert.ok(
      Math.abs(last[side] - place[side]) <= 1,
      `${side}: ${last[side]}, then ${place[side]}`,
    );
  }
  assert.ok(shift < mostShift, `what was shown jumped by ${shift}`);
  page.assertClean();
  await page.context().close();
});
