/**
 * Weighs what a browser fetches, compressed as the server sends it: the shell that every page needs,
 * and what each page adds to it. Fails when a page has grown beyond its budget.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const budgets = { shell: 380 * 1024, page: 80 * 1024 };
const dist = join(import.meta.dirname, "../dist");
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
const weights = new Map();

function weigh(file) {
  if (!weights.has(file))
    weights.set(file, gzipSync(readFileSync(join(dist, file)), { level: 9 }).length);
  return weights.get(file);
}

/** The scripts that an entry cannot start without. */
function scriptsOf(key, found = new Set()) {
  const { file, imports = [] } = manifest[key];
  if (found.has(file)) return found;
  found.add(file);
  for (const next of imports) scriptsOf(next, found);
  return found;
}

const total = (files) => [...files].reduce((sum, file) => sum + weigh(file), 0);
const kilobytes = (bytes) => `${(bytes / 1024).toFixed(1)} KB`;

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const shell = scriptsOf(entry);
const lines = [["shell", total(shell), budgets.shell]];
const seen = new Set();
for (const key of Object.keys(manifest)) {
  if (!manifest[key].isDynamicEntry) continue;
  const own = [...scriptsOf(key)].filter((file) => !shell.has(file));
  const name = key.replace(/^.*node_modules\//, "").replace(/^_|src\//g, "");
  if (seen.has(name)) continue;
  seen.add(name);
  lines.push([name, total(own), budgets.page]);
}
let late = false;
for (const [name, bytes, budget] of lines.sort((a, b) => b[1] - a[1])) {
  const over = bytes > budget;
  late ||= over;
  console.log(
    `${over ? "✖" : "✔"} ${kilobytes(bytes).padStart(9)} of ${kilobytes(budget)}  ${name}`,
  );
}
if (late) process.exitCode = 1;
