// The review page as people use it: by keyboard, two at once, through a reload and a killed server; and for everybody.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { browser, call, edits, make, must, run, serve } from "./desk.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = process.env.SHOTS;

make();
let server = await serve();
const chromium = await browser();
const failures = [];

/** A window that fails the test when the page has an error or asks anybody else for anything. */
async function open(link, options = {}) {
  const context = await chromium.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB", ...options });
  const page = await context.newPage();
  page.on("pageerror", (error) => failures.push(`error in the page: ${error.message}`));
  page.on("request", (request) => {
    if (!/^(http:\/\/127\.0\.0\.1:|data:)/.test(request.url())) failures.push(`asked elsewhere: ${request.url()}`);
  });
  await page.goto(link);
  await page.waitForSelector("#rows li");
  return page;
}

/** Waits until something holds in the page. Not `waitForFunction`: the page's policy forbids what that does. */
async function until(page, holds, value, milliseconds = 15_000) {
  const end = Date.now() + milliseconds;
  while (!(await page.evaluate(holds, value).catch(() => false))) {
    if (Date.now() > end) {
      const seen = await page.evaluate(() => `${location.hash} said: ${document.getElementById("said")?.textContent} alarm: ${document.getElementById("alarm")?.textContent}`);
      throw new Error(`waited in vain for ${holds} ${value ?? ""}; ${seen}`);
    }
    await new Promise((done) => setTimeout(done, 25));
  }
}

const title = (page) => page.textContent("#title");
const said = (page, text) => until(page, (text) => document.getElementById("said").textContent.includes(text), text);
const key = (page, ...keys) => keys.reduce((before, one) => before.then(() => page.keyboard.press(one)), Promise.resolve());
const opened = async (page) => {
  await page.waitForSelector("#title");
  await until(page, () => document.activeElement?.id === "title");
};
const id = (page) => page.evaluate(() => location.hash.slice(1));

async function part(name, test) {
  const begin = Date.now();
  try {
    await test();
    console.log(`  ok      ${name} (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failures.push(`${name}: ${error.message.split("\n").slice(0, 6).join("\n    ")}`);
    console.log(`  FAILED  ${name}`);
  }
}

const anna = await open(server.link);

await part("the whole story by keyboard", async () => {
  await key(anna, "ArrowDown", "ArrowUp", "Enter");
  await opened(anna);
  const first = await id(anna);
  // A value of another record, a typed one, then merge without a record.
  await key(anna, "ArrowDown", "ArrowRight");
  await said(anna, "Saved");
  await key(anna, "e");
  await anna.waitForSelector("dialog");
  await anna.keyboard.type("Typed B.V.");
  await key(anna, "Enter");
  await anna.waitForSelector(".typed");
  await key(anna, "s");
  await until(anna, () => document.querySelector('[data-focus^="stay"][aria-pressed="true"]'));
  await key(anna, "3", "m");
  await until(anna, (first) => location.hash.slice(1) !== first, first);
  await opened(anna);
  // Hold with a reason, keep apart, comment, skip, undo.
  const held = await id(anna);
  await key(anna, "h");
  await anna.waitForSelector("dialog textarea");
  await anna.keyboard.type("ask the branch");
  await key(anna, "Enter");
  await until(anna, (held) => location.hash.slice(1) !== held, held);
  await opened(anna);
  const apart = await id(anna);
  await key(anna, "a");
  await until(anna, (apart) => location.hash.slice(1) !== apart, apart);
  await opened(anna);
  const commented = await id(anna);
  await key(anna, "c");
  await anna.waitForSelector("dialog textarea");
  await anna.keyboard.type("seen");
  await key(anna, "Enter");
  await until(anna, () => document.querySelector(".notes")?.textContent.includes("seen"));
  await key(anna, "n");
  await until(anna, (before) => location.hash.slice(1) !== before, commented);
  await opened(anna);
  await key(anna, "u");
  await said(anna, "Taken back");
  const last = edits().at(-1);
  must(last.what === "undo" && last.proposal === commented, `undo took back ${last.proposal}`);
  const of = (proposal) => edits().filter((edit) => edit.proposal === proposal).at(-1);
  const words = of(first).cells.filter((cell) => cell.column === "decision").map((cell) => cell.is).sort();
  must(words.join() === "merge,out", `merged as ${words}`);
  must(of(first).cells.some((cell) => cell.column === "override" && cell.is === "Typed B.V."), "the typed value is not kept");
  must(of(held).cells.some((cell) => cell.is === "hold") && of(held).cells.some((cell) => cell.is === "ask the branch"), "hold");
  must(of(apart).cells.some((cell) => cell.is === "reject"), "apart");
});

await part("split into groups", async () => {
  await key(anna, "q");
  await anna.waitForSelector("#search");
  const rows = await anna.$$eval("#rows a", (all) => all.map((one) => [one.getAttribute("href"), one.textContent]));
  const four = rows.find(([, text]) => /4 records/.test(text));
  must(four, "no proposal of four records is left");
  await anna.focus(`a[href="${four[0]}"]`);
  await key(anna, "Enter");
  await opened(anna);
  await key(anna, "g");
  await anna.waitForSelector("dialog select");
  for (const [at, group] of [[2, "2"], [3, "2"]]) await anna.locator("dialog select").nth(at).selectOption(group);
  await anna.locator("dialog button[type=submit]").press("Enter");
  await until(anna, (before) => location.hash !== before, four[0]);
  const cells = edits().at(-1).cells.map((cell) => cell.is).filter((is) => is.startsWith("group:")).sort();
  must(cells.join() === "group:1,group:1,group:2,group:2", `split as ${cells}`);
});

await part("filters, search and bulk", async () => {
  if (await anna.$("#title")) await key(anna, "q");
  await anna.waitForSelector("#search");
  const before = await anna.textContent("#queue-count");
  await key(anna, "/");
  await anna.keyboard.type("no such contact");
  await anna.waitForSelector("#rows .empty");
  await anna.fill("#search", "");
  await until(anna, (before) => document.getElementById("queue-count").textContent === before, before);
  await anna.selectOption("select[name=lane]", "review");
  await anna.fill("input[name=from]", "99.9");
  await key(anna, "Tab");
  await until(anna, (before) => document.getElementById("queue-count").textContent !== before, before);
  await anna.focus("#rows a");
  await key(anna, "b");
  await anna.waitForSelector("dialog strong");
  const count = (await anna.textContent("dialog strong")).match(/\d+/)[0];
  const typed = anna.locator("dialog input[name=typed]");
  await typed.fill("1000");
  await typed.press("Enter");
  must((await typed.getAttribute("aria-invalid")) === "true", "a wrong number is taken");
  const made = edits().length;
  await typed.fill(count);
  await typed.press("Enter");
  await said(anna, `${count} proposals decided`);
  must(edits().length === made + Number(count), "bulk did not decide all");
  await key(anna, "u");
  await said(anna, `${count} decisions taken back`);
  await anna.focus("#rows a");
  await anna.locator("button", { hasText: "Clear filters" }).press("Enter");
  await anna.selectOption("select[name=state]", "open");
});

await part("two browsers edit one proposal", async () => {
  await anna.focus("#rows a");
  await key(anna, "i");
  const link = await anna.inputValue("dialog input");
  await key(anna, "Escape");
  const bob = await open(link);
  await bob.evaluate(() => localStorage.setItem("by", "bob"));
  await bob.reload();
  await bob.waitForSelector("#rows a");
  await anna.focus("#rows a");
  await key(anna, "Enter");
  await opened(anna);
  const both = await id(anna);
  // The other window must not hear of it before it edits.
  await bob.route("**/api/changes*", (route) => route.abort());
  await bob.evaluate((both) => (location.hash = both), both);
  await opened(bob);
  await key(anna, "a");
  await until(anna, (both) => location.hash.slice(1) !== both, both);
  await key(bob, "m");
  await until(bob, () => document.getElementById("alarm").textContent.includes("anna"));
  must((await bob.textContent(".state")).includes("keep apart"), "bob does not see what anna did");
  const of = edits().filter((edit) => edit.proposal === both);
  must(of.at(-1).by === "anna" && of.at(-1).what === "apart" && !of.some((edit) => edit.by === "bob"), "an edit was lost");
  // He decides again, knowing it; she sees it without asking.
  await key(anna, "p");
  await anna.evaluate((both) => (location.hash = both), both);
  await until(anna, (both) => location.hash.slice(1) === both && document.querySelector("#title"), both);
  await bob.unroute("**/api/changes*");
  await key(bob, "o");
  await until(anna, () => document.getElementById("alarm").textContent.includes("bob"));
  await bob.context().close();
});

await part("reload in the middle", async () => {
  await until(anna, () => document.querySelector("#title"));
  const before = await title(anna);
  await anna.reload();
  await opened(anna);
  must((await title(anna)) === before, "another proposal after reload");
  await key(anna, "m");
  await said(anna, "Saved");
});

await part("the server is killed in the middle", async () => {
  await until(anna, () => document.querySelector("#title, #rows"));
  const before = edits();
  await server.kill();
  if (await anna.$("#title")) await key(anna, "a");
  await until(anna, () => document.getElementById("alarm").textContent.includes("does not answer"));
  must(edits().length === before.length, "an edit without a server");
  server = await serve(server.port);
  must(JSON.stringify(edits()) === JSON.stringify(before), "an edit was lost");
  await anna.goto(server.link);
  await anna.waitForSelector("#title, #rows li");
  const progress = await anna.textContent("#progress");
  must(/^[1-9]/.test(progress.trim()), `progress: ${progress}`);
  // What the page saved is what apply takes.
  call("apply", run, "--dry-run");
});

await part("English and Dutch", async () => {
  await key(anna, "q");
  await anna.waitForSelector("#search");
  await anna.focus("#rows a, #rows li");
  await key(anna, "l");
  await until(anna, () => document.documentElement.lang === "nl" && document.querySelector("h1")?.textContent === "Lijst");
  await key(anna, "l");
  await until(anna, () => document.documentElement.lang === "en" && document.querySelector("h1")?.textContent === "Queue");
});

/** Fails with what axe finds on the screen that is shown, and when it is wider than the window. */
async function look(page, name) {
  const found = await page.evaluate(async (axe) => {
    if (!window.axe) (0, eval)(axe);
    const { violations } = await window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
    return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).slice(0, 3).join(", ")}`);
  }, axe);
  must(found.length === 0, `${name}: ${found.join("; ")}`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  const which = await page.evaluate(() =>
    [...document.querySelectorAll("body *")]
      .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
      .map((one) => `${one.tagName}.${one.className}`)
      .slice(-6)
      .join(" "));
  must(wide <= 0, `${name}: ${wide} px wider than the window (${which})`);
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name.replaceAll(" ", "-")}.png`, fullPage: true });
}

const cookie = await anna.context().storageState();
for (const width of [1280, 400]) {
  for (const colorScheme of ["light", "dark"]) {
    await part(`axe at ${width} px, ${colorScheme}`, async () => {
      const context = await chromium.newContext({ viewport: { width, height: 900 }, colorScheme, locale: "en-GB", storageState: cookie });
      const page = await context.newPage();
      const at = (name) => `${name} ${width} ${colorScheme}`;
      await page.goto(new URL(server.link).origin);
      await page.waitForSelector("#rows a");
      await look(page, at("queue"));
      await page.focus("#rows a");
      await key(page, "b");
      await page.waitForSelector("dialog strong");
      await look(page, at("bulk"));
      await key(page, "Escape", "?");
      await page.waitForSelector("dialog dl");
      await look(page, at("keys"));
      await key(page, "Escape", "i");
      await page.waitForSelector("dialog input[readonly]");
      await look(page, at("invite"));
      await key(page, "Escape");
      await page.focus("#rows a");
      await key(page, "Enter");
      await opened(page);
      await page.waitForSelector(".waterfall", { timeout: 60_000 });
      await look(page, at("proposal"));
      for (const [name, one] of [["hold", "h"], ["type", "e"], ["comment", "c"]]) {
        await key(page, one);
        await page.waitForSelector("dialog");
        await look(page, at(name));
        await key(page, "Escape");
      }
      if (await page.$('[data-focus="split"]:not([disabled])')) {
        await key(page, "g");
        await page.waitForSelector("dialog");
        await look(page, at("split"));
        await key(page, "Escape");
      }
      await key(page, "q");
      await page.waitForSelector("select[name=state]", { state: "attached" });
      await page.evaluate(() => (document.querySelector(".filters").open = true));
      await page.selectOption("select[name=state]", "done");
      await page.waitForSelector("#rows .is-apart, #rows .is-merge");
      await look(page, at("decided"));
      await page.focus("#rows a");
      await key(page, "Enter");
      await opened(page);
      await look(page, at("decided-proposal"));
      await context.close();
    });
  }
}

await chromium.close();
await server.kill();
if (failures.length) {
  console.error(failures.map((failure) => `\n${failure}`).join("\n"));
  process.exitCode = 1;
}
