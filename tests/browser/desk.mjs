// What the tests share: a run folder, a server that can be killed, a browser.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const alike = join(root, "target/debug/alike");
const exports = ["business_central", "google_contacts", "salesforce_contacts", "webshop"];

/** A folder of its own, removed at the end. */
export const desk = mkdtempSync(join(tmpdir(), "alike-page-"));
export const run = join(desk, "run");
export const state = join(desk, "state");
process.on("exit", () => rmSync(desk, { recursive: true, force: true }));

/** Calls the program; fails when it does. */
export function call(...args) {
  const done = spawnSync(alike, args, { encoding: "utf8", cwd: desk });
  if (done.status !== 0) throw new Error(`alike ${args.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

/** Makes the run folder of the sample data. */
export function make() {
  call("run", ...exports.map((name) => join(root, `sample-data/exports/${name}.csv`)), "-o", run, "--state", state);
}

/** What is in the journal of edits. */
export const edits = () =>
  readFileSync(join(run, "edits.jsonl"), "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line)).filter((line) => line.cells);

/** Starts the server; `kill` ends it as a power cut does. */
export async function serve(port = 0) {
  const server = spawn(alike, ["review", run, "--by", "anna", "--state", state, "--port", String(port)]);
  let told = "";
  const link = await new Promise((done, fail) => {
    server.stderr.on("data", (text) => {
      told += text;
      const found = /http:\S+/.exec(told);
      if (found) done(found[0]);
    });
    server.on("exit", () => fail(new Error(told)));
  });
  const ended = new Promise((done) => server.on("exit", done));
  const kill = () => {
    server.kill("SIGKILL");
    return ended;
  };
  process.on("exit", () => server.kill("SIGKILL"));
  return { link, port: Number(new URL(link).port), kill };
}

/** Starts the browser. */
export const browser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

/** Fails with a message. */
export function must(holds, what) {
  if (!holds) throw new Error(what);
}
