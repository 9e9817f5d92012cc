import { fireEvent, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Catalog } from "@/api/catalog";
import type { Card, Definition } from "@/api/definitions";
import { catalogQuery } from "@/api/meta";
import { show } from "@/testing/render";
import { type Answer, type Asked, problem, serve } from "@/testing/server";
import DashboardPage from "./dashboard-page";
import { readFilter } from "./filter-state";
import { placesOf } from "./place";

const definitions: Definition[] = [
  {
    kind: "object",
    name: "lead",
    title: "Lead",
    properties: {
      source: { field: "select", title: "Source", oneOf: [{ const: "web", title: "Website" }] },
      created_at: { field: "datetime", title: "Created", system: true },
    },
  },
  { kind: "metric", name: "fresh", title: "New leads" },
  { kind: "metric", name: "rate", title: "Conversion", decimals: 1 },
  {
    kind: "report",
    name: "sources",
    title: "By source",
    object: "lead",
    chart: "bar",
    groups: [{ field: "source" }],
    measures: [{ name: "n", function: "count" }],
  },
  {
    kind: "report",
    name: "months",
    title: "By month",
    object: "lead",
    chart: "line",
    groups: [{ field: "created_at", by: "month" }],
    measures: [{ name: "n", title: "Leads", function: "count" }],
  },
  {
    kind: "dashboard",
    name: "desk",
    title: "Lead desk",
    filters: ["period"],
    cards: [
      { metric: "fresh", x: 0, y: 0, w: 3, h: 2 },
      { metric: "rate", x: 3, y: 0, w: 3, h: 2 },
      { report: "sources", x: 0, y: 2, w: 6, h: 4 },
      { report: "months", x: 6, y: 2, w: 6, h: 4 },
    ],
  },
];

const october = { from: "2026-10-01", to: "2026-10-31" };
const month = { name: "this_month", from: "2026-11-01", to: "2026-11-30" };
const fresh = {
  value: 128_300,
  format: "number",
  object: "lead",
  where: 'within(created_at, "this_month")',
  period: month,
  at: "2026-11-22T08:00:00Z",
  previous: { value: 100_000, object: "lead", where: "earlier", period: october },
};
const rate = {
  value: null,
  format: "percent",
  where: "",
  period: null,
  at: "2026-11-22T08:00:00Z",
  previous: null,
  parts: [{ metric: "fresh", title: "New leads", value: 0, object: "lead", where: "false" }],
};
const report = (groups: readonly object[], more = false) => ({
  data: {
    object: "lead",
    where: "",
    period: null,
    at: "2026-11-22T08:00:00Z",
    units: { n: { format: "number" } },
    groups,
    more,
  },
  included: {},
});
const answers: Readonly<Record<string, unknown>> = {
  "/metrics/fresh/_evaluate": { data: fresh },
  "/metrics/rate/_evaluate": { data: rate },
  "/reports/sources/_evaluate": report(
    [
      { values: { source: "web", n: 7 }, where: 'source == "web"' },
      { values: { source: null, n: 2 }, where: "source == null" },
    ],
    true,
  ),
  "/reports/months/_evaluate": report([]),
};

const answer = ({ path }: Asked): Answer => ({ body: answers[path] });

function open(search = "", name = "desk") {
  const place = { path: "/dashboards/:name", routes: { "/o/:object": <p>the list</p> } };
  const drawn = show(<DashboardPage />, { ...place, at: `/dashboards/${name}${search}` });
  drawn.client.setQueryData(
    catalogQuery.queryKey,
    new Catalog({ revision: 2, definitions, expressions: {} }),
  );
  return drawn;
}

const card = async (name: string) => within(await screen.findByTestId(`card.${name}`));
const listed = (link: HTMLElement) =>
  new URL(link.getAttribute("href") ?? "", "http://localhost").searchParams.get("where");

afterEach(() => vi.unstubAllGlobals());

describe("a card", () => {
  it("says its figure, what it was before, and leads to the records", async () => {
    serve(answer);
    open();
    const shown = await card("fresh");
    const figure = await shown.findByTestId("figure");
    expect(figure.textContent).toBe("128.3K");
    expect(figure.title).toBe("128,300");
    expect(listed(figure)).toBe('within(created_at, "this_month")');
    expect(shown.getByText("this month")).toBeTruthy();
    expect(shown.getByText("+28.3%")).toBeTruthy();
    expect(shown.getByText("before: 100,000")).toBeTruthy();
  });

  it("has no figure for a share of nothing, and leads to its parts", async () => {
    serve(answer);
    open();
    const shown = await card("rate");
    expect((await shown.findByTestId("figure")).textContent).toBe("—");
    expect(listed(shown.getByRole("link", { name: "New leads 0" }))).toBe("false");
  });

  it("shows its figures as a table by the key T, and back", async () => {
    serve(answer);
    open();
    const shown = await card("sources");
    const bar = await shown.findByRole("link", { name: /Website/ });
    expect(shown.getByText("Only the first 2 groups are shown")).toBeTruthy();
    fireEvent.keyDown(bar, { key: "t" });
    const table = within(shown.getByRole("table"));
    expect(table.getByRole("columnheader", { name: "Source" })).toBeTruthy();
    expect(table.getByRole("row", { name: "(none) 2" })).toBeTruthy();
    expect(listed(table.getByRole("link", { name: "Website" }))).toBe('source == "web"');
    fireEvent.keyDown(screen.getByTestId("card.sources.table"), { key: "T" });
    expect(shown.queryByRole("table")).toBeNull();
    expect(shown.getByTestId("chart.bar")).toBeTruthy();
  });

  it("names a month that it was compared with", async () => {
    serve(answer);
    open();
    const shown = await card("fresh");
    await shown.findByTestId("figure");
    fireEvent.click(shown.getByRole("button", { name: "Show as a table" }));
    expect(shown.getByRole("row", { name: "October 2026 100,000" })).toBeTruthy();
  });

  it("says when there is nothing, when it failed and when it is hidden, each for itself", async () => {
    let broken = true;
    serve((asked) => {
      if (asked.path.includes("rate")) return problem(404, "not_found");
      return asked.path.includes("fresh") && broken ? problem(503, "busy") : answer(asked);
    });
    open();
    expect(await (await card("months")).findByText("Nothing in this range")).toBeTruthy();
    const hidden = await card("rate");
    expect(await hidden.findByText("You may not see the figures of this card")).toBeTruthy();
    const failed = await card("fresh");
    expect(await failed.findByText("It was refused: busy.")).toBeTruthy();
    broken = false;
    fireEvent.click(failed.getByRole("button", { name: "Try again" }));
    expect((await failed.findByTestId("figure")).textContent).toBe("128.3K");
  });
});

describe("a dashboard", () => {
  it("asks all its cards under the filter of its address", async () => {
    const log = serve(answer);
    open("?period=last_month&owner=o1");
    await (await card("fresh")).findByTestId("figure");
    const asked = log.filter(({ path }) => path.endsWith("_evaluate"));
    expect(asked).toHaveLength(4);
    for (const { body } of asked) expect(body).toEqual({ period: "last_month", owner: "o1" });
  });

  it("that is not there, or not for this person, is missing", async () => {
    serve(answer);
    open("", "other");
    expect(await screen.findByTestId("missing")).toBeTruthy();
  });

  it("asks for days only when both are known", () => {
    const read = (search: string) => readFilter(new URLSearchParams(search));
    expect(read("from=2026-11-01")).toEqual({});
    expect(read("from=2026-11-01&to=2026-11-02&department=d")).toEqual({
      from: "2026-11-01",
      to: "2026-11-02",
      department: "d",
    });
    expect(read("period=today&from=2026-11-01&to=2026-11-02")).toEqual({ period: "today" });
  });

  it("closes the gaps of cards that are not there", () => {
    const cards: Card[] = [
      { report: "b", x: 6, y: 6, w: 6, h: 4 },
      { metric: "a", x: 3, y: 0, w: 3, h: 2 },
      { report: "c", x: 0, y: 2, w: 6, h: 4 },
    ];
    expect(placesOf(cards).map(({ place }) => [place.column, place.row])).toEqual([
      [4, 1],
      [1, 3],
      [7, 1],
    ]);
  });
});
