import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";
import { showLanguage } from "@/i18n";

// How long a test waits for what must come, also on a busy machine.
configure({ asyncUtilTimeout: 20_000 });

beforeEach(() => showLanguage("en"));
afterEach(() => {
  cleanup();
  localStorage.clear();
});
