import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Fault } from "@/api/fault";
import { keptNames } from "@/lib/kept";
import { sameValue } from "@/lib/same-value";
import { catalog, leadAnswer } from "@/testing/lead";
import { show } from "@/testing/render";
import { type Answer, type Asked, problem, serve } from "@/testing/server";
import { changedValues } from "./draft";
import { placeFaults } from "./faults";
import { fieldsOf, formParts } from "./form-model";
import NewPage from "./new-page";

const place = { at: "/o/lead/new", path: "/o/:object/new" };
const routes = { "/o/:object": <p>the list</p>, "/o/:object/:id": <p>the record</p> };

let answer: (asked: Asked) => Answer;
let log: Asked[];

beforeEach(() => {
  answer = () => ({ status: 201, body: leadAnswer({}) });
  log = serve((asked) => answer(asked));
});
afterEach(() => vi.unstubAllGlobals());

const type = (label: RegExp, text: string) =>
  fireEvent.change(screen.getByRole("textbox", { name: label }), { target: { value: text } });
const keptTexts = () =>
  keptNames("draft:u1:lead:new:")
    .map((name) => localStorage.getItem(name))
    .join();
const save = () => fireEvent.click(screen.getByRole("button", { name: "Save" }));
const choose = async (label: RegExp, option: string) => {
  fireEvent.mouseDown(screen.getByRole("combobox", { name: label }));
  fireEvent.click(await screen.findByText(option, { selector: ".ant-select-item-option *" }));
};

describe("a new record", () => {
  it("is drawn from the form, without what one may not see or fill in", () => {
    show(<NewPage />, { ...place, routes });
    expect(screen.getByRole("heading", { level: 1, name: "New lead" })).toBeTruthy();
    expect(screen.getByRole("textbox", { name: /Name.*required/ })).toBeTruthy();
    expect(screen.queryByLabelText(/Secret/i)).toBeNull();
    expect(screen.queryByLabelText(/Score/)).toBeNull();
  });

  it("shows a field when its condition holds, says so, and then requires it", async () => {
    show(<NewPage />, { ...place, routes });
    expect(screen.queryByLabelText(/Reason/)).toBeNull();
    await choose(/Status/, "Lost");
    expect(screen.getByRole("textbox", { name: /Reason.*required/ })).toBeTruthy();
    expect(screen.getByTestId("form.news").textContent).toBe("1 field is now shown");
    type(/Name/, "Li Jing");
    save();
    expect(screen.getByTestId("form.faults").textContent).toContain("Reason: Fill this in.");
    expect(log).toHaveLength(0);
  });

  it("does not send what is hidden again", async () => {
    show(<NewPage />, { ...place, routes });
    type(/Name/, "Li Jing");
    await choose(/Status/, "Lost");
    type(/Reason/, "No budget");
    await choose(/Status/, "New");
    await act(async () => save());
    expect(log[0]?.body).toEqual({ name: "Li Jing", status: "new" });
  });

  it("places the server's faults on their fields, with a summary that leads to them", async () => {
    answer = () =>
      problem(422, "invalid_values", [
        { pointer: "/name", code: "too_long", message: "At most 5 characters." },
        { pointer: "/visits", code: "out_of_range", message: "At most 100." },
        { pointer: "", code: "rule", message: "Give a phone or an email." },
      ]);
    show(<NewPage />, { ...place, routes });
    type(/Name/, "Much too long");
    type(/Visits/, "1,000");
    await act(async () => save());
    const summary = await screen.findByTestId("form.faults");
    expect(document.activeElement).toBe(summary);
    expect(within(summary).getByText(/3 things to correct/)).toBeTruthy();
    expect(within(summary).getByText("Give a phone or an email.")).toBeTruthy();
    const name = screen.getByRole("textbox", { name: /Name/ });
    expect(name.getAttribute("aria-invalid")).toBe("true");
    const described = document.getElementById(name.getAttribute("aria-describedby") ?? "");
    expect(described?.textContent).toBe("At most 5 characters.");
    fireEvent.click(within(summary).getByRole("link", { name: /Visits/ }));
    expect(document.activeElement).toBe(screen.getByRole("textbox", { name: /Visits/ }));
    expect(log[0]?.body).toEqual({ name: "Much too long", visits: 1000 });
  });

  it("loses nothing when the server fails", async () => {
    answer = () => problem(500, "internal");
    show(<NewPage />, { ...place, routes });
    type(/Name/, "Li Jing");
    await act(async () => save());
    await screen.findByText("It was refused: internal.");
    expect(screen.getByRole("textbox", { name: /Name/ })).toHaveProperty("value", "Li Jing");
  });

  it("finds a wrong number without asking the server", async () => {
    show(<NewPage />, { ...place, routes });
    type(/Name/, "Li Jing");
    type(/Visits/, "many");
    await act(async () => save());
    expect(screen.getByTestId("form.faults").textContent).toContain("Visits: Enter a whole number");
    expect(log).toHaveLength(0);
  });

  it("saves with Ctrl+Enter, but not while a word is being composed", async () => {
    show(<NewPage />, { ...place, routes });
    type(/Name/, "Li Jing");
    const name = screen.getByRole("textbox", { name: /Name/ });
    fireEvent.keyDown(name, { key: "Enter", ctrlKey: true, isComposing: true });
    fireEvent.keyDown(name, { key: "Enter" });
    expect(log).toHaveLength(0);
    await act(async () => {
      fireEvent.keyDown(name, { key: "Enter", ctrlKey: true });
    });
    await screen.findByText("the record");
    expect(log[0]?.headers.get("Idempotency-Key")).toBeTruthy();
  });

  it("keeps a draft and offers it again", async () => {
    const first = show(<NewPage />, { ...place, routes });
    type(/Name/, "Half typed");
    await waitFor(() => expect(keptTexts()).toContain("Half typed"));
    first.unmount();
    show(<NewPage />, { ...place, routes });
    expect(screen.getByRole("textbox", { name: /Name/ })).toHaveProperty("value", "");
    fireEvent.click(screen.getByRole("button", { name: "Restore the draft" }));
    expect(screen.getByRole("textbox", { name: /Name/ })).toHaveProperty("value", "Half typed");
  });

  it("offers what another tab left behind, and keeps its own apart", async () => {
    const others = { at: "2026-11-20T08:00:00.000Z", values: { name: "Of another tab" } };
    localStorage.setItem("draft:u1:lead:new:other", JSON.stringify(others));
    const first = show(<NewPage />, { ...place, routes });
    type(/Name/, "Of this tab");
    await waitFor(() => expect(keptTexts()).toContain("Of this tab"));
    expect(keptTexts()).toContain("Of another tab");
    first.unmount();
    localStorage.removeItem(
      keptNames("draft:u1:lead:new:").find((name) => !name.endsWith("other")) ?? "",
    );
    show(<NewPage />, { ...place, routes });
    fireEvent.click(screen.getByRole("button", { name: "Restore the draft" }));
    expect(screen.getByRole("textbox", { name: /Name/ })).toHaveProperty("value", "Of another tab");
    expect(localStorage.getItem("draft:u1:lead:new:other")).toBeNull();
    expect(keptTexts()).toContain("Of another tab");
  });

  it("asks before it is left with something typed in it", async () => {
    show(<NewPage />, { ...place, routes });
    type(/Name/, "Half typed");
    fireEvent.click(screen.getByText("Leads"));
    fireEvent.click(await screen.findByRole("button", { name: "Stay here" }));
    expect(screen.queryByText("the list")).toBeNull();
    fireEvent.click(screen.getByText("Leads"));
    fireEvent.click(await screen.findByRole("button", { name: "Discard" }));
    await screen.findByText("the list");
    expect(keptTexts()).toBe("");
  });
});

describe("values", () => {
  it("are the same in any order of a set", () => {
    expect(sameValue(["a", "b"], ["b", "a"])).toBe(true);
    expect(sameValue(null, undefined)).toBe(true);
    expect(changedValues({ a: 1, b: null }, { a: 1, b: "x" })).toEqual({ b: "x" });
  });

  it("take the faults whose pointers name them", () => {
    const fields = fieldsOf(formParts(catalog, catalog.form("lead")));
    const fault = new Fault({
      title: "",
      status: 422,
      code: "invalid_values",
      errors: [
        { pointer: "/name", code: "a", message: "One." },
        { pointer: "/name", code: "b", message: "Two." },
        { pointer: "/other", code: "c", message: "Three." },
      ],
    });
    expect(placeFaults(fault, fields)).toEqual({
      fields: { name: "One. Two." },
      others: ["Three."],
    });
  });
});
