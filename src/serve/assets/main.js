// The page: where one is, what the keys do, what others do.

import { $, button, count, figure, fill, make, say, speak, tell, warn, word } from "./dom.js";
import * as dialogs from "./dialogs.js";
import * as list from "./queue.js";
import * as one from "./proposal.js";
import { act, ask, here } from "./server.js";

/** Milliseconds between two looks at what others do. */
const LOOK = 3000;
/** Milliseconds that a decision takes at most; who takes longer was away. */
const AWAY = 180_000;
/** Decisions that the remaining time is told by. */
const PACE = 20;

const app = {
  start: null,
  progress: null,
  now: 0,
  weights: localStorage.getItem("weights") !== "no",
  pace: [],
  last: Date.now(),

  /** Goes to a proposal, or to the queue; done when it is on the screen. */
  go(id) {
    if (location.hash.slice(1) !== id) history.pushState(null, "", id ? `#${id}` : location.pathname);
    return route();
  },
  bulk: () => dialogs.bulk(app),
  hold: () => dialogs.hold(app),
  split: () => dialogs.groups(app),
  comment: () => dialogs.comments(app),
  type: (field) => dialogs.type(app, field),
  warnOf: (key) => warn(say(key)),
  head,

  /** Takes how far the review is. */
  progressed(progress, now) {
    if (progress) app.progress = progress;
    if (now) app.now = Math.max(app.now, now);
    drawProgress();
  },

  /** Notes that a decision was made, for the remaining time. */
  decided() {
    const now = Date.now();
    app.pace = [...app.pace, Math.min(now - app.last, AWAY)].slice(-PACE);
    app.last = now;
    drawProgress();
  },

  /** Tells why something was not done. */
  failed(refused) {
    if (refused.status === 0) warn(say("ui.server_gone"));
    else if (refused.status === 401) warn(say("ui.link_needed"));
    else if (refused.status === 404 && refused.body?.kind === "none") warn(say("ui.nothing_there"));
    else if (refused.status === 409) warn(say("ui.stale_undo"));
    else warn(say("ui.not_saved", { why: refused.message }));
  },

  redraw: () => route(),
};

async function undo() {
  try {
    const answer = await act("undo");
    app.progressed(answer.progress, answer.now);
    const { proposal } = answer;
    if (answer.count > 1) await route();
    else if (location.hash.slice(1) === proposal.id) await one.show(app, proposal.id);
    else await app.go(proposal.id);
    tell(answer.count > 1 ? count("ui.undone_many", answer.count) : say("ui.undone", { label: proposal.row.label || proposal.id }));
  } catch (refused) {
    if (refused.status === 404) tell(say("ui.nothing_to_undo"));
    else app.failed(refused);
  }
}

// Light and dark.

function theme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
  tell(say(dark ? "ui.is_light" : "ui.is_dark"));
}

async function language() {
  localStorage.setItem("language", document.documentElement.lang === "nl" ? "en" : "nl");
  await begin();
}

// The head of the page.

function head() {
  const other = document.documentElement.lang === "nl" ? "English" : "Nederlands";
  $("skip").textContent = say("ui.skip_link");
  fill($("top"),
    make("div", { class: "brand" }, make("a", { href: "#", "aria-label": say("ui.to_queue") }, "alike"), make("span", { class: "quiet", title: app.start.name }, app.start.name.split(/[\\/]/).pop())),
    make("div", { id: "progress" }),
    make("nav", { class: "actions", "aria-label": say("ui.page_actions") },
      button(say("ui.undo"), "u", undo),
      button(here.by || app.start.by, null, () => dialogs.name(app), { "aria-label": say("ui.reviewer", { name: here.by || app.start.by }) }),
      button(say("ui.invite_short"), "i", () => dialogs.invite(app)),
      button(say("ui.theme"), "t", theme),
      button(other, "l", () => language().catch(app.failed), { lang: other === "English" ? "en" : "nl" }),
      button(say("ui.help"), "?", () => dialogs.keys(KEYS))));
  drawProgress();
}

function drawProgress() {
  const place = $("progress");
  if (!place || !app.progress) return;
  const { review, hold } = app.progress;
  const all = review.all + hold.all;
  const open = review.open + hold.open;
  const done = all - open;
  const text = say("ui.progress", { done: figure(done), all: figure(all) });
  const mean = app.pace.length ? app.pace.reduce((sum, one) => sum + one, 0) / app.pace.length : 0;
  const left = (mean * open) / 60_000;
  const rest = !open ? say("ui.all_decided") : !mean ? "" : left < 1 ? say("ui.under_a_minute")
    : left < 90 ? say("ui.minutes_left", { n: figure(Math.ceil(left)) }) : say("ui.hours_left", { n: figure(left / 60, 1) });
  fill(place, make("progress", { max: all || 1, value: done, "aria-label": text }), make("span", {}, text), rest && make("span", { class: "quiet" }, rest));
}

// Where one is.

async function route() {
  const id = location.hash.slice(1);
  try {
    if (/^P-[0-9a-f]{16}$/.test(id)) {
      await one.show(app, id);
    } else {
      one.shown.it = null;
      document.title = "alike";
      await list.show(app);
      list.focus();
    }
  } catch (refused) {
    app.failed(refused);
  }
}

// What others do.

async function look() {
  try {
    const answer = await ask("changes", { since: app.now });
    const others = answer.edits.filter((edit) => edit.window !== here.window);
    app.progressed(answer.progress, answer.now);
    if ($("alarm").dataset.gone) {
      delete $("alarm").dataset.gone;
      tell(say("ui.server_back"));
    }
    const { it } = one.shown;
    const mine = it && others.find((edit) => edit.proposal === it.id);
    if (mine && !dialogs.isOpen()) {
      await one.refresh(app);
      warn(say("ui.changed_by", { by: mine.by, what: word("what", mine.what) }));
    } else if (others.length && !it && !dialogs.isOpen()) {
      const focused = document.activeElement?.matches("#rows a");
      await list.load(app);
      if (focused) list.focus();
    }
  } catch (refused) {
    if (refused.status === 0 || refused.status === 401) {
      if (!$("alarm").dataset.gone) app.failed(refused);
      $("alarm").dataset.gone = "yes";
    }
  }
  setTimeout(look, LOOK);
}

// The keys: what each does on each screen, and the list that `?` shows.

const KEYS = [
  ["keys_proposal", [["m", "key_merge"], ["a", "key_apart"], ["h", "key_hold"], ["g", "key_split"], ["1 … 9", "key_out"], ["s", "key_survivor"],
    ["c", "key_comment"], ["o", "key_open"], ["↓ ↑", "key_field"], ["→ ←", "key_value"], ["e", "key_type"], ["r", "key_reset"],
    ["w", "key_weights"], ["n", "key_next"], ["p", "key_previous"], ["q", "key_queue"]]],
  ["keys_queue", [["↓ ↑", "key_row"], ["Enter", "key_enter"], ["/", "key_search"], ["b", "key_bulk"]]],
  ["keys_everywhere", [["u", "key_undo"], ["i", "key_invite"], ["t", "key_theme"], ["l", "key_language"], ["?", "key_help"], ["Esc", "key_escape"]]],
];

const everywhere = {
  u: undo,
  i: () => dialogs.invite(app),
  t: theme,
  l: () => language().catch(app.failed),
  "?": () => dialogs.keys(KEYS),
};

const inQueue = {
  ArrowDown: () => list.focus(1),
  ArrowUp: () => list.focus(-1),
  j: () => list.focus(1),
  k: () => list.focus(-1),
  b: () => app.bulk(),
  "/": () => {
    document.querySelector(".filters").open = true;
    $("search").focus();
    $("search").select();
  },
};

const inProposal = {
  m: () => one.decide(app, "merge"),
  a: () => one.decide(app, "apart"),
  h: () => app.hold(),
  g: () => one.shown.it.members.length > 2 && app.split(),
  s: () => one.nextSurvivor(app),
  c: () => app.comment(),
  o: () => one.shown.it.wish.verdict !== "open" && one.decide(app, "open"),
  ArrowDown: () => one.move(1),
  ArrowUp: () => one.move(-1),
  ArrowRight: () => one.turn(app, 1),
  ArrowLeft: () => one.turn(app, -1),
  e: () => one.current() && !one.current().fixed && app.type(one.current()),
  r: () => one.current() && one.choose(app, one.current(), null),
  w: () => {
    one.toggle(app);
    localStorage.setItem("weights", app.weights ? "yes" : "no");
  },
  n: () => app.go(one.shown.it.around?.next ?? ""),
  p: () => one.shown.it.around?.previous && app.go(one.shown.it.around.previous),
  q: () => app.go(""),
  "/": () => app.go(""),
};

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || dialogs.isOpen() || !app.start) return;
  const typing = event.target.matches?.("input, textarea, select");
  if (event.key === "Escape" && typing) {
    event.target.blur();
    list.focus();
    return;
  }
  if (typing) return;
  const { it } = one.shown;
  const onRecord = /^[1-9]$/.test(event.key) && (() => one.leaveNth(app, Number(event.key) - 1));
  const does = (it ? inProposal[event.key] ?? onRecord : inQueue[event.key]) || everywhere[event.key];
  // A key that is held down decides once.
  if (!does || event.repeat && !event.key.startsWith("Arrow")) return;
  event.preventDefault();
  // One after the other: what is typed while something is saved is meant for what comes after it.
  doing = doing.then(does).catch(app.failed);
});

let doing = Promise.resolve();

addEventListener("hashchange", () => route());
addEventListener("popstate", () => route());

async function begin() {
  const theme = localStorage.getItem("theme");
  if (theme) document.documentElement.dataset.theme = theme;
  const language = localStorage.getItem("language");
  const start = await ask("start", language ? { language } : {});
  app.start = start;
  app.now = start.now;
  one.shown.by = start.by;
  one.shown.approvals = start.approvals;
  speak(start.texts, start.language);
  app.progressed(start.progress, start.now);
  head();
  await route();
}

begin().then(() => setTimeout(look, LOOK), (refused) => app.failed(refused));
