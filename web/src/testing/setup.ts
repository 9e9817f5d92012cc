import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";
import { showLanguage } from "@/i18n";
import { noteReached } from "@/lib/reach";

// How long a test waits for what must come, also on a busy machine.
configure({ asyncUtilTimeout: 10_000 });

// The files share one page, so that each leaves it as it was.
beforeEach(() => showLanguage("en"));
afterEach(() => {
  cleanup();
  localStorage.clear();
  vi.unstubAllGlobals();
  noteReached();
});
