// How quick the page is with a large queue: `node measure.mjs RUN_FOLDER [STATE]` prints figures; nothing is asserted.

import { spawn } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const [run, state] = process.argv.slice(2);
const alike = process.env.ALIKE ?? join(root, "target/release/alike");
const began = performance.now();
const server = spawn(alike, ["review", run, "--by", "anna", ...(state ? ["--state", state] : [])]);
let told = "";
const link = await new Promise((done, fail) => {
  server.stderr.on("data", (text) => {
    told += text;
    const found = /http:\S+/.exec(told);
    if (found) done(found[0]);
  });
  server.on("exit", () => fail(new Error(told)));
});
console.log(`server ready            ${Math.round(performance.now() - began)} ms`);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB" })).newPage();
const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
const show = (name, list) => console.log(`${name.padEnd(24)}median ${Math.round(median(list))} ms, slowest ${Math.round(Math.max(...list))} ms, ${list.length} times`);

await page.goto(link);
await page.waitForSelector("#rows a");
console.log(`proposals in the queue  ${await page.textContent("#queue-count")}`);
const paints = [];
for (let at = 0; at < 10; at++) {
  await page.reload();
  await page.waitForSelector("#rows a");
  // From the request of the page until the rows of the queue are drawn.
  paints.push(await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => done(performance.now())))));
}
show("queue drawn", paints);

/** From the call until its answer is read, in the page. */
const timed = (path) => page.evaluate(async (path) => {
  const begin = performance.now();
  await (await fetch(path)).text();
  return performance.now() - begin;
}, path);
const filters = [{ search: "jan" }, { search: "no such contact" }, { lane: "review" }, { from: 0.9, to: 0.99, state: "open" }];
const asked = [];
for (let at = 0; at < 20; at++) {
  asked.push(await timed(`/api/queue?filter=${encodeURIComponent(JSON.stringify(filters[at % filters.length]))}&count=50`));
}
show("filter or search", asked);

// From the key until the next proposal is drawn.
await page.focus("#rows a");
await page.keyboard.press("Enter");
await page.waitForSelector("#title");
const decided = [];
const saved = [];
for (let at = 0; at < 40; at++) {
  const key = at % 2 ? "a" : "m";
  const [whole] = await page.evaluate(async (key) => {
    const before = location.hash;
    const begin = performance.now();
    document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    while (location.hash === before || document.activeElement?.id !== "title") await new Promise((done) => setTimeout(done, 1));
    return [performance.now() - begin];
  }, key);
  decided.push(whole);
  const entries = await page.evaluate(() => performance.getEntriesByType("resource").filter((one) => one.name.endsWith("/api/edit")).map((one) => one.duration));
  saved.push(entries[entries.length - 1]);
}
show("decision saved", saved);
show("next proposal shown", decided);
await browser.close();
server.kill("SIGKILL");
