// The queue: what waits, filtered, page by page.

import { $, button, count, figure, fill, make, percent, say, tell, word } from "./dom.js";
import { ask } from "./server.js";

/** Rows of one page. */
const PAGE = 50;
/** Milliseconds to wait while somebody types. */
const TYPING = 150;

export const queue = { filter: { state: "open" }, from: 0, at: 0, all: 0, rows: [] };

try {
  Object.assign(queue, JSON.parse(sessionStorage.getItem("queue") ?? "{}"), { rows: [] });
} catch {
  // What another version remembered is forgotten.
}

const remember = () =>
  sessionStorage.setItem("queue", JSON.stringify({ filter: queue.filter, from: queue.from, at: queue.at }));

/** The filter without what is empty. */
export const filter = () =>
  Object.fromEntries(Object.entries(queue.filter).filter(([, value]) => value !== "" && value !== null));

let asked = 0;

/** Loads the page that is shown. */
export async function load(app) {
  const mine = ++asked;
  const answer = await ask("queue", { filter: filter(), from: queue.from, count: PAGE });
  if (mine !== asked) return;
  queue.all = answer.all;
  queue.rows = answer.rows;
  queue.at = Math.max(0, Math.min(queue.at, queue.rows.length - 1));
  app.progressed(answer.progress, answer.now);
  if (queue.from >= queue.all && queue.from > 0) {
    queue.from = Math.max(0, Math.floor((queue.all - 1) / PAGE) * PAGE);
    return load(app);
  }
  remember();
  rows(app);
}

/** Draws the queue. */
export async function show(app) {
  const narrow = matchMedia("(max-width: 700px)").matches;
  const filters = make("details", { class: "filters", open: !narrow }, make("summary", {}, say("ui.filters")), form(app));
  fill(
    $("main"),
    make("div", { class: "queue" },
      filters,
      make("section", { "aria-labelledby": "queue-title" },
        make("div", { class: "bar" },
          make("h1", { id: "queue-title" }, say("ui.queue")),
          make("p", { id: "queue-count", class: "quiet" }),
          make("div", { class: "actions" }, button(say("ui.bulk"), "b", () => app.bulk())),
        ),
        make("ol", { id: "rows", class: "rows" }),
        make("nav", { id: "pages", class: "bar", "aria-label": say("ui.pages") }),
      ),
    ),
  );
  await load(app);
}

function form(app) {
  const change = (name, value) => {
    queue.filter[name] = value;
    queue.from = 0;
    queue.at = 0;
    return load(app).catch(app.failed);
  };
  const choice = (name, label, options, section) =>
    make("label", {},
      make("span", {}, label),
      make("select", { name, onchange: (event) => change(name, event.target.value) },
        make("option", { value: "" }, say("ui.any")),
        options.map((option) => {
          const text = section ? (section === "code" ? code(option) : word(section, option)) : option;
          return make("option", { value: option, selected: queue.filter[name] === option }, text);
        }),
      ),
    );
  const share = (name, label) =>
    make("label", { class: "half" },
      make("span", {}, label),
      make("input", {
        name, type: "number", min: 0, max: 100, step: "any", inputmode: "decimal",
        value: queue.filter[name] === undefined || queue.filter[name] === null ? "" : queue.filter[name] * 100,
        onchange: (event) => change(name, event.target.value === "" ? null : Number(event.target.value) / 100),
      }),
    );
  let typing;
  const start = app.start;
  return make("form", { onsubmit: (event) => event.preventDefault(), "aria-label": say("ui.filters") },
    make("label", {},
      make("span", {}, say("ui.search"), make("kbd", { "aria-hidden": "true" }, "/")),
      make("input", {
        id: "search", type: "search", value: queue.filter.search ?? "", autocomplete: "off", spellcheck: "false",
        oninput: (event) => {
          clearTimeout(typing);
          typing = setTimeout(() => change("search", event.target.value), TYPING);
        },
      }),
    ),
    choice("state", say("ui.state"), ["open", "done"], "filter"),
    choice("lane", say("ui.lane"), ["review", "hold", "auto"], "lane"),
    start.holds.length > 0 && choice("hold", say("ui.hold_reason"), start.holds, "hold_short"),
    start.sources.length > 1 && choice("source", say("ui.source"), start.sources),
    choice("reason", say("ui.reason"), start.reasons, "code"),
    choice("field", say("ui.differs_in"), start.fields, "field"),
    make("div", { class: "two" }, share("from", say("ui.sure_from")), share("to", say("ui.sure_to"))),
    button(say("ui.clear"), null, () => {
      queue.filter = {};
      queue.from = 0;
      show(app).then(() => $("search")?.focus()).catch(app.failed);
    }, { class: "plain" }),
  );
}

/** A reason code in words: `EMAIL+` → “E-mail agrees”. */
export function code(token) {
  const sign = token.slice(-1);
  const name = sign === "+" || sign === "-" ? token.slice(0, -1) : token;
  const words = word("code", name);
  return sign === "-" ? say("ui.code_differs", { code: words }) : say("ui.code_agrees", { code: words });
}

/** What is to be done with a proposal, with a sign beside the colour. */
export const state = (row) =>
  make("span", { class: `state is-${row.state}` }, word("state", row.state));

export const chip = (row) =>
  make("span", { class: `lane is-${row.lane}` }, row.hold ? word("hold_short", row.hold) : word("lane", row.lane));

function rows(app) {
  const list = $("rows");
  if (!list) return;
  fill($("queue-count"), count("ui.proposals", queue.all));
  if (!queue.rows.length) {
    const text = queue.filter.state === "open" && Object.keys(filter()).length === 1 ? "ui.all_done" : "ui.none_found";
    fill(list, make("li", { class: "empty" }, say(text)));
  } else {
    fill(list, queue.rows.map((row, nth) => make("li", {}, line(row, nth))));
  }
  const last = Math.min(queue.from + PAGE, queue.all);
  const turn = (by) => () => {
    queue.from += by;
    queue.at = 0;
    load(app).then(() => focus()).catch(app.failed);
  };
  fill($("pages"),
    queue.all > PAGE && [
      button(say("ui.page_before"), null, turn(-PAGE), { disabled: queue.from === 0 }),
      make("span", {}, say("ui.page", { from: figure(queue.from + 1), to: figure(last), all: figure(queue.all) })),
      button(say("ui.page_after"), null, turn(PAGE), { disabled: last >= queue.all }),
    ],
  );
}

function line(row, nth) {
  const facts = [
    count("ui.records", row.records),
    row.sources.join(", "),
    row.lost > 0 && count("ui.values_lost", row.lost),
    row.moves > 0 && count("ui.references", row.moves),
    row.conflicts > 0 && count("ui.conflicts", row.conflicts),
  ];
  const against = row.reasons.filter((reason) => reason.endsWith("-"));
  return make("a", { href: `#${row.id}`, class: "row", onfocus: () => { queue.at = nth; remember(); } },
    make("span", { class: "label" }, row.label || row.id),
    make("span", { class: "marks" }, chip(row), state(row)),
    make("span", { class: "sure" }, percent(row.probability)),
    make("span", { class: "quiet facts" }, facts.filter(Boolean).join(" · ")),
    make("span", { class: "quiet reasons" }, against.map(code).join(" · ")),
  );
}

/** Puts the focus on a row. */
export function focus(step = 0) {
  const links = [...document.querySelectorAll("#rows a")];
  if (!links.length) return;
  const on = links.indexOf(document.activeElement);
  queue.at = Math.max(0, Math.min((on < 0 ? queue.at - step : on) + step, links.length - 1));
  links[queue.at].focus();
}

/** Says how many there are. */
export const announce = () => tell(count("ui.proposals", queue.all));
