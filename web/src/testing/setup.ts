import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";
import { showLanguage } from "@/i18n";

beforeEach(() => showLanguage("en"));
afterEach(() => {
  cleanup();
  localStorage.clear();
});
