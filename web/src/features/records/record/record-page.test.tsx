import { act, fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { RecordAnswer } from "@/api/types";
import { leadAnswer } from "@/testing/lead";
import { show } from "@/testing/render";
import { type Asked, problem, serve } from "@/testing/server";
import RecordPage from "./record-page";

const place = { path: "/o/:object/:id", routes: { "/o/:object": <p>the list</p> } };

/** A server that keeps one lead, as the real one does. */
function leadServer(start: RecordAnswer) {
  let current = start;
  const patch = (asked: Asked) => {
    const expected = asked.headers.get("If-Match");
    if (expected !== `"${current.data.version}"`) return problem(412, "stale");
    const { version } = current.data;
    const data = {
      ...current.data,
      ...JSON.parse(JSON.stringify(asked.body)),
      version: version + 1,
    };
    current = { ...current, data };
    return { body: current };
  };
  const change = {
    id: 2,
    at: "2026-11-20T02:00:00.000Z",
    by: "u2",
    via: "session",
    action: "update",
    version: 2,
    before: { status: "new", reason: null, visits: 2 },
    after: { status: "lost", reason: "<del>No</del> budget", visits: null },
  };
  const timeline = {
    data: [{ kind: "change", at: change.at, by: change.by, change }],
    page: { next: null },
    included: { user: { u2: { id: "u2", display: "Li Jing" } } },
  };
  const log = serve((asked) => {
    if (asked.path.endsWith("/timeline")) return { body: timeline };
    if (asked.path.endsWith("/files")) return { body: { data: [], page: { next: null } } };
    if (/\/(merges|_duplicates)$/.test(asked.path)) return { body: { data: [] } };
    if (asked.method === "PATCH") return patch(asked);
    if (asked.method === "DELETE") return { status: 204 };
    return { body: current };
  });
  return {
    log,
    /** Somebody else saves. */
    meanwhile: (values: Record<string, string>) => {
      const { version } = current.data;
      current = { ...current, data: { ...current.data, ...values, version: version + 1 } };
    },
    current: () => current.data,
  };
}

afterEach(() => vi.unstubAllGlobals());

const type = (label: RegExp, text: string) =>
  fireEvent.change(screen.getByRole("textbox", { name: label }), { target: { value: text } });
const save = () => act(async () => fireEvent.click(screen.getByRole("button", { name: "Save" })));
const open = async (at = "/o/lead/r1") => {
  show(<RecordPage />, { ...place, at });
  await screen.findByRole("heading", { level: 1, name: "Zhang Wei" });
};

describe("the record page", () => {
  it("tells the history in sentences, whatever the values look like", async () => {
    leadServer(leadAnswer({}));
    await open();
    const history = await screen.findByTestId("timeline");
    expect(history.textContent).toContain("Li Jing made changes");
    expect(history.textContent).toContain("Status: New → Lost");
    expect(history.textContent).toContain("Reason set to <del>No</del> budget");
    expect(history.textContent).toContain("Visits cleared, was 2");
  });

  it("takes a change back: the old value comes, for the version that was seen", async () => {
    const { log, current } = leadServer(leadAnswer({ status: "lost", visits: null }));
    await open();
    await act(async () => fireEvent.click(await screen.findByTestId("change.undo.2.visits")));
    const sent = log.find((asked) => asked.method === "PATCH");
    expect(sent?.body).toEqual({ visits: 2 });
    expect(sent?.headers.get("If-Match")).toBe('"1"');
    expect(current().visits).toBe(2);
    expect(screen.getByTestId("toast").textContent).toContain("Visits");
  });

  it("sends only what was changed, for the version that was seen", async () => {
    const { log } = leadServer(leadAnswer({}));
    await open("/o/lead/r1?edit=");
    await screen.findByTestId("form.save");
    type(/Visits/, "7");
    await save();
    const sent = log.find((asked) => asked.method === "PATCH");
    expect(sent?.body).toEqual({ visits: 7 });
    expect(sent?.headers.get("If-Match")).toBe('"1"');
    expect(screen.queryByRole("button", { name: "Save" })).toBeNull();
  });

  it("locks what may only be read, and says why", async () => {
    leadServer(leadAnswer({}));
    await open("/o/lead/r1?edit=");
    await screen.findByTestId("form.save");
    const score = screen.getByRole("textbox", { name: "Score" });
    expect(score).toHaveProperty("disabled", true);
    expect(screen.getByText("Kept up to date by the system.")).toBeTruthy();
  });

  it("joins two people's changes of different fields", async () => {
    const { meanwhile, current } = leadServer(leadAnswer({}));
    await open("/o/lead/r1?edit=");
    await screen.findByTestId("form.save");
    meanwhile({ name: "Zhang Wei (Yuntu)" });
    type(/Visits/, "7");
    await save();
    expect(current()).toMatchObject({ name: "Zhang Wei (Yuntu)", visits: 7 });
    expect(screen.getByTestId("toast").textContent).toContain("both changes are kept");
  });

  it("shows both values when the same field was changed, and overwrites nothing unasked", async () => {
    const { meanwhile, current } = leadServer(leadAnswer({}));
    await open("/o/lead/r1?edit=");
    await screen.findByTestId("form.save");
    meanwhile({ name: "Theirs" });
    type(/Name/, "Mine");
    type(/Visits/, "7");
    await save();
    expect(current().name).toBe("Theirs");
    fireEvent.click(await screen.findByTestId("conflict.name.theirs"));
    await act(async () => fireEvent.click(screen.getByTestId("conflict.save")));
    expect(current()).toMatchObject({ name: "Theirs", visits: 7 });
  });

  it("deletes with a way back", async () => {
    const { log } = leadServer(leadAnswer({}));
    await open();
    fireEvent.click(screen.getByRole("button", { name: "More" }));
    await act(async () => fireEvent.click(await screen.findByText("Delete")));
    await screen.findByText("the list");
    await act(async () => fireEvent.click(screen.getByRole("button", { name: "Undo" })));
    expect(log.some((asked) => asked.path === "/records/lead/r1/restore")).toBe(true);
  });
});
