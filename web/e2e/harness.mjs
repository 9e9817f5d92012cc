/**
 * What the journeys share: the real binary on an empty data directory, a real Chromium, and eyes
 * that notice what a person would not: console errors, refusals of the content security policy,
 * requests to other places, and what axe finds.
 *
 * TRELLIS_BIN is the binary (bin/trellis), CHROMIUM the browser (/usr/bin/chromium).
 */
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after } from "node:test";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const root = resolve(import.meta.dirname, "../..");
const binary = process.env.TRELLIS_BIN ?? join(root, "bin/trellis");
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** How long the journeys wait for what must come; only what never comes takes so long. */
const patience = 30_000;

/** The administrator that set-up makes. */
export const admin = {
  name: "王晓明",
  email: "wang@example.com",
  password: "nine quiet paper cranes",
};

/** Starts a server that nobody has set up, and a browser; both end with the journeys of the file. */
export async function startEmpty(...flags) {
  let server;
  let browser;
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
  server = await startServer(...flags);
  browser = await startBrowser();
  return { server, browser };
}

/**
 * What a file of journeys begins with: a server that is set up, a browser, a page of the
 * administrator, and his session for other pages.
 *
 * @param {object} [how] flags of the server, options of the page, and other answers to the set-up
 */
export async function start({ flags = [], options, ...answers } = {}) {
  const { server, browser } = await startEmpty(...flags);
  const page = await openPage(browser, server, options);
  await setUp(page, server, answers);
  return { server, browser, page, storageState: await page.context().storageState() };
}

/** Starts the binary on an empty data directory. */
export async function startServer(...flags) {
  const data = await mkdtemp(join(tmpdir(), "trellis-e2e-"));
  const address = `127.0.0.1:${await freePort()}`;
  const launch = (program) =>
    spawn(program, ["serve", "--data", data, "--listen", address, ...flags], {
      stdio: ["ignore", "pipe", "pipe"],
    });
  let server = launch(binary);
  process.on("exit", () => server.kill()); // where the journeys end before they have begun
  const ended = () => {
    const end = new Promise((done) => server.on("exit", done));
    return server.exitCode === null && server.kill("SIGTERM") && end;
  };
  let log = "";
  const link = await new Promise((found, failed) => {
    const read = (chunk) => {
      log += chunk;
      const match = /http:\/\/[^\s"]+\/setup\?token=[\w-]+/.exec(log);
      if (match) found(match[0]);
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    server.on("error", failed);
    server.on("exit", (code) => failed(new Error(`the server ended with ${code}: ${log}`)));
  });
  const keyOf = async (email) => {
    const command = ["token", "--data", data, "--email", email, "--name", "journey"];
    return (await promisify(execFile)(binary, command)).stdout.trim();
  };
  return {
    url: `http://${address}`,
    /** A key of the person with a mail address. */
    keyOf,
    setupLink: link,
    log: () => log,
    /** Asks the API as the person with a mail address, beside any page. */
    async as(email) {
      const key = await keyOf(email);
      return async (method, path, body) => {
        const response = await fetch(`http://${address}/api/v1${path}`, {
          method,
          headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        assert.ok(response.ok, `${method} ${path}: ${text}`);
        return text && JSON.parse(text);
      };
    },
    /** Takes the server away, as a restart does. */
    end: ended,
    /** Starts it again on the same data, as the build of another day. */
    async deploy() {
      const next = join(data, "another-build");
      await writeFile(next, await anotherBuild(), { mode: 0o755 });
      server = launch(next);
      while (!(await fetch(`http://${address}/sw.js`).catch(() => null))) {
        await new Promise((done) => setTimeout(done, 50));
      }
    },
    async stop() {
      await ended();
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** The binary with another version of the application in it, which is written in its service worker. */
async function anotherBuild() {
  const text = (await readFile(binary)).toString("latin1");
  const { version } =
    /const \{ version, files \} = JSON\.parse\("\{\\"version\\":\\"(?<version>[0-9a-f]{12})/.exec(
      text,
    ).groups;
  const next = [...version].reverse().join("").replace(/./, "f");
  return Buffer.from(text.replaceAll(version, next), "latin1");
}

function freePort() {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.on("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
}

/** Starts Chromium, which talks to nobody but the page's server. */
export function startBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-default-apps",
      "--disable-domain-reliability",
      "--disable-sync",
      "--no-first-run",
      "--no-pings",
    ],
  });
}

/**
 * Opens a page as a person in China would, unless said otherwise. It keeps nothing for the time
 * without a server: who is to go on then asks for { serviceWorkers: "allow" }.
 */
export async function openPage(browser, server, options = {}) {
  const context = await browser.newContext({
    locale: "zh-CN",
    timezoneId: "Asia/Shanghai",
    viewport: { width: 1280, height: 800 },
    baseURL: server.url,
    serviceWorkers: "block", // they fetch and compile the whole application
    reducedMotion: "reduce", // what still moves may be pressed where it is no more
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const complaints = [];
  const expected = ["Service Worker registration blocked by Playwright"];
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    complaints.push(`${message.type()}: ${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => complaints.push(`page error: ${error.stack ?? error}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && url.origin !== server.url) {
      complaints.push(`request to ${url.origin}`);
    }
  });
  /** A refusal that the journey asks for; the browser reports it all the same. */
  page.expectRefusal = (status) => page.expectComplaint(`status of ${status}`);
  page.expectComplaint = (text) => expected.push(text);
  /** The journey takes the server away; the browser reports each request that finds nobody. */
  page.expectAbsence = () => expected.push("net::ERR_");
  page.assertClean = () => {
    const left = complaints.filter((one) => !expected.some((wanted) => one.includes(wanted)));
    assert.deepEqual(left, [], "the console is clean");
  };
  return page;
}

/** Looks again until something holds: what an action brings about is there soon after it. */
export async function soon(holds) {
  for (const until = performance.now() + patience; ; ) {
    try {
      return await holds();
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

/** Finds an element by its stable name. */
export const at = (page, name) => page.locator(`[data-testid="${name}"]`);

/**
 * Chooses an option of a select, which is looked for on a page or in a part of it; in the list of
 * this select, for that of another may still be going away.
 */
export async function choose(place, name, label) {
  const select = at(place, name);
  await select.click();
  const box = select.getByRole("combobox").or(select.and(place.getByRole("combobox")));
  const list = await box.getAttribute("aria-controls");
  const page = "page" in place ? place.page() : place;
  await page
    .locator(".ant-select-dropdown", { has: page.locator(`[id="${list}"]`) })
    .locator(".ant-select-item-option", { hasText: label })
    .first()
    .click();
}

/** Sets the installation up over the API, as the page does. */
export async function setUp(page, server, answers = {}) {
  const offer = page.waitForResponse((response) => response.url().endsWith("/api/v1/setup"));
  await page.goto(server.setupLink);
  await offer; // asked after the set-up, the page would be told that there is none
  const status = await page.evaluate(
    async (body) =>
      (
        await fetch("/api/v1/setup", {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify(body),
        })
      ).status,
    {
      ...admin,
      locale: "zh-CN",
      organisation: "云图科技",
      timezone: "Asia/Shanghai",
      currency: "CNY",
      templates: ["lead"],
      ...answers,
    },
  );
  assert.equal(status, 201);
}

/** Adds a person with some roles, and opens a page as he would. */
export async function openPageOf(browser, server, page, name, roles, options = {}) {
  const email = `${name}@example.com`;
  const { data } = await api(page, "POST", "/records/user", { name, email, roles });
  const key = await server.keyOf(email);
  const extraHTTPHeaders = { Authorization: `Bearer ${key}` };
  const own = await openPage(browser, server, { extraHTTPHeaders, ...options });
  own.person = { id: data.id, context: { extraHTTPHeaders } };
  return own;
}

/** Asks the API in the page's session. */
export async function api(page, method, path, body) {
  const answer = await page.evaluate(
    async ([verb, address, payload]) => {
      const response = await fetch(`/api/v1${address}`, {
        method: verb,
        headers: { "Content-Type": "application/json" },
        ...(payload !== undefined && { body: JSON.stringify(payload) }),
      });
      return { status: response.status, body: await response.json().catch(() => null) };
    },
    [method, path, body],
  );
  assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer)}`);
  return answer.body;
}

/** Waits until what moves on the page has come to its place; a spinner never does. */
function rested(page) {
  return page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY)
        .map(({ finished }) => finished),
    ),
  );
}

/**
 * Asserts that axe finds nothing serious or critical on the page. The window is made tall for it, so
 * that it sees the whole page and not what happens to lie half behind the bar at the bottom; and what
 * is still fading in would have too little contrast.
 */
export async function axeClean(page, where) {
  const size = page.viewportSize();
  await page.setViewportSize({ ...size, height: 2400 });
  await rested(page);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
      resultTypes: ["violations"],
      preload: false, // of what no rule of these needs
    }),
  );
  await page.setViewportSize(size);
  const grave = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map((node) => node.html) }));
  assert.deepEqual(grave, [], `axe is content with ${where}`);
}
