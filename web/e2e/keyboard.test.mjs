/**
 * A day without a mouse: signing in, a call, a conversion, a stage, finding a record, the look,
 * signing out; after every key one sees where the focus is, and single keys can be switched off.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { admin, at, soon, start } from "./harness.mjs";
import { makeRoutes } from "./routes.mjs";

const { page } = await start({ templates: ["lead", "crm"] });
const routes = await makeRoutes(page);
await page.context().clearCookies();

/** Why one does not see the focus; nothing when one does. */
function unseen() {
  const focus = document.activeElement;
  if (!focus || focus === document.body) return "";
  const box = focus.getBoundingClientRect();
  const points = [0.1, 0.5, 0.9].flatMap((x) =>
    [0.1, 0.5, 0.9].map((y) => [box.left + x * box.width, box.top + y * box.height]),
  );
  const seen = points.some(([x, y]) => {
    const top = document.elementFromPoint(x, y);
    return (
      top && (focus.contains(top) || top.contains(focus) || top.closest("label")?.contains(focus))
    );
  });
  if (!seen) return "is covered or out of sight";
  if (focus.tabIndex < 0) return ""; // a page or a panel that has just been opened
  let ring = focus;
  for (let up = 0; up < 4 && ring; up++, ring = ring.parentElement) {
    const { outlineStyle, boxShadow } = getComputedStyle(ring);
    if (outlineStyle !== "none" || boxShadow !== "none") return "";
  }
  return "has no mark";
}

async function press(key) {
  await page.keyboard.press(key);
  // Of a page that a key leaves, nothing can be asked any more.
  const [why, html] = await soon(() =>
    page.evaluate(`[(${unseen})(), document.activeElement?.outerHTML.slice(0, 200)]`),
  );
  assert.equal(why, "", `after ${key}: ${html}`);
}

/** Goes on by Tab to an element, seeing the focus at each step. */
async function tabTo(name) {
  const isThere = () =>
    page.evaluate((id) => document.activeElement?.closest(`[data-testid="${id}"]`) !== null, name);
  for (let steps = 0; !(await isThere()); steps++) {
    assert.ok(steps < 120, `${name} is reached by Tab`);
    await press("Tab");
  }
}

const palette = async (typed, found) => {
  await press("Control+k");
  await at(page, "palette.input").waitFor();
  await page.keyboard.type(typed);
  await at(page, "palette.list").getByRole("option").first().filter({ hasText: found }).waitFor();
  await press("Enter");
  await at(page, "palette.input").waitFor({ state: "detached" });
};

test("one signs in, and finds a record", async () => {
  await page.goto("/sign-in");
  await at(page, "sign-in.email").waitFor();
  await tabTo("sign-in.email");
  await page.keyboard.type(admin.email);
  await tabTo("sign-in.password");
  await page.keyboard.type(admin.password);
  await page.keyboard.press("Enter");
  await at(page, "day.today").waitFor();
  await palette("maria", "Maria");
  await page.waitForURL("**/o/lead/*");
  await at(page, "timeline").waitFor();
});

test("one logs a call with the next date", async () => {
  await press("l");
  await at(page, "note.text").waitFor();
  await page.keyboard.type("Wants a quote");
  await press("Tab");
  await press("Control+Enter");
  await at(page, "timeline").getByText("Wants a quote").first().waitFor();
});

test("one converts, and the focus comes back into the page", async () => {
  await tabTo("record.convert");
  await press("Enter");
  await at(page, "convert.submit").waitFor();
  await tabTo("convert.submit");
  await page.keyboard.press("Enter");
  await at(page, "toast").waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
});

test("one moves an opportunity to its next stage", async () => {
  await page.goto(routes.deal);
  await at(page, "path.next").waitFor();
  const changed = page.waitForResponse((answer) => answer.request().method() === "PATCH");
  await page.keyboard.press("p");
  await changed;
});

test("one changes the density, switches single keys off, and signs out", async () => {
  await page.goto("/o/lead");
  await page.getByRole("grid").waitFor();
  await page.evaluate(() => localStorage.setItem("shortcuts", "off"));
  await page.locator("main").focus();
  for (const key of ["c", "e", "j"]) await page.keyboard.press(key);
  assert.equal(new URL(page.url()).pathname, "/o/lead");
  await soon(async () => assert.equal(await at(page, "quick").count(), 0));
  await palette(">紧凑", "紧凑");
  await palette(">退出", "退出");
  await at(page, "sign-in.email").waitFor();
  page.assertClean();
});
