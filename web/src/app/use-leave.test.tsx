import { screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { show } from "@/testing/render";
import { serve } from "@/testing/server";
import { useLeaveUnless } from "./use-leave";

const asked = vi.fn();

function Door() {
  const leave = useLeaveUnless(asked);
  return (
    <button type="button" onClick={() => void leave()}>
      leave
    </button>
  );
}

/** A browser whose database holds one write that waits, and takes its time to say so. */
beforeEach(() => {
  const soon = (request: { onsuccess?: () => void; oncomplete?: () => void }) => {
    setTimeout(() => (request.onsuccess ?? request.oncomplete)?.());
    return request;
  };
  const objectStore = () => ({ index: () => ({ getAll: () => ({ result: [{ id: 1 }] }) }) });
  const transaction = () => soon({ objectStore } as object);
  vi.stubGlobal("indexedDB", { open: () => soon({ result: { transaction } } as object) });
  vi.stubGlobal("navigator", Object.create(navigator, { locks: { value: {} } }));
});

it("asks whoever leaves before the page has read what waits", async () => {
  const requests = serve(() => ({ status: 204 }));
  show(<Door />);
  screen.getByRole("button").click();
  await vi.waitFor(() => expect(asked).toHaveBeenCalledOnce());
  expect(requests).toEqual([]);
});
