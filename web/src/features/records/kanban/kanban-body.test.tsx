import { act, fireEvent, screen } from "@testing-library/react";
import { afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { show } from "@/testing/render";
import { type Answer, type Asked, problem, serve } from "@/testing/server";
import ListPage from "../list/list-page";

const patient = { timeout: 10_000 };
vi.setConfig({ testTimeout: 30_000 });

let status: string;
let refusing: boolean;

/** A server with one lead, which may refuse to have it moved. */
function answer({ method, path, search, body }: Asked): Answer {
  if (path === "/expressions/check") return { body: { data: { valid: false, error: {} } } };
  if (path.endsWith("/_aggregate")) return { body: { data: [{ status, count_of_records: 1 }] } };
  if (method === "PATCH") {
    if (refusing) {
      const errors = [{ pointer: "/reason", code: "rule_broken", message: "Say why it is lost." }];
      return problem(422, "invalid_values", errors);
    }
    const values: { status?: string } = Object(body);
    status = values.status ?? status;
    return { body: { data: { id: "r1", version: 2, name: "Yuntu", status }, can: {} } };
  }
  const here = search.get("where")?.endsWith(`status == "${status}"`);
  const data = here ? [{ id: "r1", version: 1, name: "Yuntu", status }] : [];
  return { body: { data, page: { next: null } } };
}

const open = () => show(<ListPage />, { path: "/o/:object", at: "/o/lead?view=lead_board" });
const column = (key: string) => screen.getByTestId(`kanban.column.${key}`);
const card = () => screen.findByText("Yuntu", undefined, patient);
const patches = (log: readonly Asked[]) => log.filter((asked) => asked.method === "PATCH");

/** Carries the card one column on with the keyboard. */
async function carry() {
  const link = await card();
  link.focus();
  for (const key of [" ", "ArrowRight", " "]) {
    await act(async () => fireEvent.keyDown(document.activeElement ?? link, { key }));
  }
}

// Fetched before, so that no test waits for it.
beforeAll(() => import("./kanban-body"));
beforeEach(() => {
  status = "new";
  refusing = false;
});
afterEach(() => vi.unstubAllGlobals());

it("moves a card with the keyboard by one change, and says where it is", async () => {
  const log = serve(answer);
  open();
  await carry();
  await vi.waitFor(() => {
    expect(screen.getByTestId("kanban.live").textContent).toBe("Yuntu moved to Lost, place 1.");
  }, patient);
  expect(patches(log).map(({ path, body }) => [path, body])).toEqual([
    ["/records/lead/r1", { status: "lost" }],
  ]);
  expect(patches(log)[0]?.headers.get("If-Match")).toBe('"1"');
  expect(column("lost").textContent).toContain("Yuntu");
});

it("puts a card back with the server's reason, and asks for what is missing", async () => {
  refusing = true;
  const log = serve(answer);
  open();
  await carry();
  const refusal = await screen.findByTestId("move.refusal", undefined, patient);
  expect(column("new").contains(refusal)).toBe(true);
  expect(refusal.textContent).toContain("Say why it is lost.");
  expect(screen.getByTestId("kanban.live").textContent).toContain("was not moved");
  refusing = false;
  await act(async () => fireEvent.click(screen.getByTestId("move.fill")));
  fireEvent.change(await screen.findByLabelText("Reason", undefined, patient), {
    target: { value: "Price" },
  });
  await act(async () => fireEvent.click(screen.getByTestId("move.save")));
  await vi.waitFor(() => expect(column("lost").textContent).toContain("Yuntu"), patient);
  expect(patches(log)[1]?.body).toEqual({ status: "lost", reason: "Price" });
});

it("leaves a card that is put back where it was", async () => {
  const log = serve(answer);
  open();
  const link = await card();
  link.focus();
  for (const key of [" ", "ArrowRight", "Escape"]) {
    await act(async () => fireEvent.keyDown(link, { key }));
  }
  expect(screen.getByTestId("kanban.live").textContent).toBe("Yuntu was put back.");
  expect(patches(log)).toEqual([]);
});
