/** Every page of the application with something on it, for the journeys that go through all of them. */
import { api, at } from "./harness.mjs";

/** Makes what the pages show, in the Latin alphabet; gives their addresses by name. */
export async function makeRoutes(page) {
  const make = async (object, values) =>
    (await api(page, "POST", `/records/${object}`, values)).data.id;
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  const lead = await make("lead", {
    name: "Maria Oliveira",
    company: "Northwind",
    email: "maria@example.com",
    mobile: "+8613800138000",
    next_followup_at: yesterday,
  });
  const account = await make("account", { name: "Northwind" });
  const deal = await make("opportunity", {
    name: "Second phase",
    account,
    stage: "negotiation",
    close_date: "2027-12-31",
  });
  await make("todo", { subject: "Quote", due: yesterday });
  const person = await make("user", { name: "Li Jing", email: "li.jing@example.com", roles: [] });
  return {
    home: "/",
    list: "/o/lead",
    record: `/o/lead/${lead}`,
    edit: `/o/lead/${lead}?edit=`,
    new: "/o/lead/new",
    deals: "/o/opportunity",
    deal: `/o/opportunity/${deal}`,
    import: "/o/lead/import",
    duplicates: "/o/lead/duplicates",
    dashboard: "/dashboards/lead_desk",
    bin: "/bin",
    outbox: "/outbox",
    notifications: "/notifications",
    profile: "/settings/profile",
    keys: "/settings/keys",
    organisation: "/settings/organisation",
    people: "/settings/people",
    away: `/settings/people/${person}/away`,
    roles: "/settings/roles",
    role: "/settings/roles/account_manager",
    calendars: "/settings/calendars",
    calendar: "/settings/calendars/cn_office",
    audit: "/settings/audit",
    sso: "/settings/single-sign-on",
    factors: "/settings/second-factor",
    provider: "/settings/single-sign-on/new",
    missing: "/no/such/page",
  };
}

/** Opens a page, and waits until it has what it shows. */
export async function visit(page, address) {
  await page.goto(address);
  await at(page, "me").waitFor();
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await page.waitForFunction(() => !document.querySelector('main [data-testid="loading"]'));
}

/** How far the page can be scrolled sideways. */
export function sideways(page) {
  return page.evaluate(
    () => document.scrollingElement.scrollWidth - document.documentElement.clientWidth,
  );
}
