/**
 * Runs the journeys, two files at once. What fails is tried once more, alone: a browser and a server
 * on a busy machine now and then lose a second somewhere, and one such second in an hour of journeys
 * says nothing of the product. What passes only then is named at the end, for it is to be mended.
 *
 * Arguments are files; without any it runs all.
 */
import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const all = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(".test.mjs"))
  .map((name) => join(import.meta.dirname, name));

/** Runs files and answers those of them in which something failed. */
async function failing(files, concurrency) {
  const failed = new Set();
  const journeys = run({ files, concurrency });
  journeys.on("test:fail", ({ file, name }) => failed.add(file ?? name));
  for await (const chunk of journeys.compose(new spec())) process.stdout.write(chunk);
  return files.filter((file) => failed.has(file));
}

const once = await failing(process.argv.length > 2 ? process.argv.slice(2) : all, 2);
const twice = once.length > 0 ? await failing(once, 1) : [];
const names = (files) => files.map((file) => basename(file)).join(", ");
const unsteady = once.filter((file) => !twice.includes(file));
if (unsteady.length > 0) console.log(`passed only when tried again: ${names(unsteady)}`);
if (twice.length > 0) {
  console.log(`failed twice: ${names(twice)}`);
  process.exitCode = 1;
}
