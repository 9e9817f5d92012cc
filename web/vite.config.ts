import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { tokensCss } from "./src/styles/tokens.ts";

/** Serves the design tokens as a style sheet, so that they are written once, in tokens.ts. */
function tokens(): Plugin {
  const id = "virtual:tokens.css";
  return {
    name: "tokens",
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load: (source) => (source === `\0${id}` ? tokensCss() : undefined),
  };
}

/** Writes the service worker, which keeps the files of this very build. */
function worker(): Plugin {
  return {
    name: "worker",
    apply: "build",
    generateBundle(_, bundle) {
      const files = Object.keys(bundle)
        .filter((name) => name.startsWith("assets/"))
        .map((name) => `/${name}`)
        .sort();
      const version = createHash("sha256").update(files.join("\n")).digest("hex").slice(0, 12);
      const text = readFileSync(new URL("./worker/sw.js", import.meta.url), "utf8");
      const shell = JSON.stringify(JSON.stringify({ version, files }));
      const source = text.replace('"__SHELL__"', shell);
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}

/** The files that every page has before it fetches others. */
const shell = new Set<string>();

/** Finds them, before the files say what they fetch along with what they import. */
function shellFinder(): Plugin {
  return {
    name: "shell",
    apply: "build",
    enforce: "pre",
    generateBundle: {
      order: "pre",
      handler(_, bundle) {
        const add = (name: string) => {
          const chunk = bundle[name];
          if (chunk?.type !== "chunk" || shell.has(name)) return;
          shell.add(name);
          for (const next of chunk.imports) add(next);
        };
        for (const [name, chunk] of Object.entries(bundle)) {
          if (chunk.type === "chunk" && chunk.isEntry) add(name);
        }
      },
    },
  };
}

export default defineConfig({
  plugins: [shellFinder(), tokens(), worker(), react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: {
      polyfill: false,
      resolveDependencies: (_, files) => files.filter((file) => !shell.has(file)),
    },
    manifest: true,
  },
  server: { proxy: { "/api": process.env.TRELLIS_API ?? "http://127.0.0.1:8080" } },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.{ts,tsx}"],
    setupFiles: ["src/testing/setup.ts"],
    // A page that is made anew for each file takes longer than what it tries.
    isolate: false,
    testTimeout: 30_000,
  },
});
