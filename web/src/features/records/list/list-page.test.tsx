import { act, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { show } from "@/testing/render";
import { type Answer, type Asked, problem, serve } from "@/testing/server";
import ListPage from "./list-page";

const place = { path: "/o/:object", routes: { "/o/:object/:id": <p>the record</p> } };
const open = (search = "") => show(<ListPage />, { ...place, at: `/o/lead${search}` });

const records = Array.from({ length: 30 }, (_, index) => ({
  id: `r${index}`,
  version: 1,
  name: `Lead ${index}`,
  status: "new",
}));

/** A server whose filters find nothing, unless there is none. */
function answerList({ path, search }: Asked): Answer {
  if (path === "/expressions/check") return { body: { data: { valid: false, error: {} } } };
  const found = search.get("where") === "done" ? [] : records;
  const total = search.get("count") === "exact" ? { total: found.length } : {};
  return { body: { data: found, page: { next: null, ...total } } };
}

beforeAll(() => {
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { get: () => 600 });
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { get: () => 900 });
});
afterEach(() => vi.unstubAllGlobals());

describe("a list's states", () => {
  it("waits with the outline of what is to come", async () => {
    serve(() => new Promise<Answer>(() => undefined));
    open();
    expect(screen.getByText("Loading")).toBeTruthy();
    expect(screen.queryByRole("grid")).toBeNull();
  });

  it("shows the records, with links to them", async () => {
    const log = serve(answerList);
    open();
    expect((await screen.findByRole("link", { name: "Lead 0" })).getAttribute("href")).toBe(
      "/o/lead/r0",
    );
    expect(await screen.findByText("30 records")).toBeTruthy();
    const first = log.find((asked) => asked.path === "/records/lead" && !asked.search.has("count"));
    expect(first?.search.get("where")).toBe('status != "lost"');
    expect(first?.search.get("fields")).toBe("name,status");
  });

  it("says what to do when there is nothing yet", async () => {
    serve(() => ({ body: { data: [], page: { next: null, total: 0 } } }));
    open("?where=");
    expect(await screen.findByText("No leads yet")).toBeTruthy();
    const empty = screen.getByTestId("list.firstUse");
    expect(empty.textContent).toContain("Import");
    expect(empty.textContent).toContain("New lead");
  });

  it("offers a way out when nothing matches", async () => {
    serve(answerList);
    const { router } = open("?where=done");
    expect(await screen.findByText("Nothing matches")).toBeTruthy();
    await act(async () => fireEvent.click(screen.getByTestId("list.removeAll")));
    expect(router.state.location.search).toBe("?where=");
    await screen.findByRole("link", { name: "Lead 0" });
  });

  it("says what went wrong, with a reference, and tries again", async () => {
    let broken = true;
    serve((asked) => (broken ? problem(500, "internal") : answerList(asked)));
    open();
    expect(await screen.findByText("It was refused: internal.")).toBeTruthy();
    expect(screen.getByTestId("fault.id").textContent).toBe("R1");
    broken = false;
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByRole("link", { name: "Lead 0" });
  });

  it("looks like a missing page to those it is not for", async () => {
    serve(() => problem(404, "not_found"));
    open();
    expect(await screen.findByText("Not found, or no access")).toBeTruthy();
  });

  it("is missing when there is no such object", () => {
    show(<ListPage />, { ...place, at: "/o/nothing" });
    expect(screen.getByRole("heading", { level: 1, name: "Not found, or no access" })).toBeTruthy();
  });

  it("searches when the typing rests, and keeps the search in the address", async () => {
    const log = serve(answerList);
    const { router } = open();
    await screen.findByRole("link", { name: "Lead 0" });
    fireEvent.change(screen.getByRole("searchbox"), { target: { value: "zhang" } });
    await vi.waitFor(() => expect(router.state.location.search).toBe("?q=zhang"));
    await vi.waitFor(() => expect(log.some((one) => one.search.get("q") === "zhang")).toBe(true));
  });
});
