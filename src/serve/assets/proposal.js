// One proposal: its records side by side, what is chosen, why, and what is to be done with it.

import { $, button, count, figure, fill, make, percent, say, tell, time, warn, word } from "./dom.js";
import { marked } from "./difference.js";
import { chip, code, filter, state } from "./queue.js";
import { act, ask, here } from "./server.js";

/** How a value is written that leaves a field empty. */
const EMPTY = "(empty)";

/** What is on the screen: the proposal, the members that are to be left out, the row of the cursor, the pair weighed. */
export const shown = { it: null, out: new Set(), field: 0, pair: [0, 1], weights: false };

/** Loads and draws a proposal. */
export async function show(app, id) {
  const it = await ask("proposal", { id, filter: filter() });
  if (location.hash.slice(1) !== id) return;
  take(app, it);
  draw(app);
  $("title").focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** Loads the proposal on the screen anew, for somebody else edited it. */
export async function refresh(app) {
  const it = await ask("proposal", { id: shown.it.id, filter: filter() });
  if (shown.it?.id !== it.id) return;
  take(app, it);
  draw(app);
}

function take(app, it) {
  const other = shown.it?.id !== it.id;
  const said = other || String(shown.it.wish.groups) !== String(it.wish.groups);
  shown.it = it;
  // Who was marked to be left out and not saved yet stays marked.
  if (said) shown.out = new Set(it.wish.groups.flatMap((group, at) => (group === 0 ? [at] : [])));
  if (other) {
    shown.field = 0;
    shown.weights = app.weights;
  }
  // The survivor first, then by key.
  const stays = it.wish.survivors.indexOf(true);
  it.order = it.members.map((_, at) => at).sort((a, b) => (b === stays) - (a === stays) || a - b);
  if (other) shown.pair = [it.order[0], it.order[1] ?? it.order[0]];
  it.rows = it.fields.slice().sort((a, b) => b.differs - a.differs);
}

const member = (at) => `${shown.it.members[at].source}:${shown.it.members[at].record_id}`;
const isGrouped = () => shown.it.wish.verdict === "split";

/** Draws the proposal anew and keeps the focus where it was. */
function draw(app) {
  const { it } = shown;
  const focus = document.activeElement?.getAttribute("data-focus");
  const scrolled = document.querySelector(".scroll")?.scrollLeft ?? 0;
  fill($("main"), make("article", { class: "proposal", "aria-labelledby": "title" },
    head(app), notices(), actions(app), table(app), below(app)));
  document.title = `${it.row.label || it.id} – alike`;
  document.querySelector(".scroll").scrollLeft = scrolled;
  if (focus) document.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
  if (shown.weights) weigh(app).catch(app.failed);
}

function head(app) {
  const { it } = shown;
  const { nth, all, previous, next } = it.around ?? {};
  const place = nth === undefined ? "" : say("ui.place", { n: figure(nth + 1), all: figure(all) });
  return make("div", { class: "bar head" },
    make("div", { class: "what" },
      make("h1", { id: "title", tabindex: "-1" }, it.row.label || it.id),
      make("p", { class: "marks" }, chip(it.row), state(it.row),
        make("span", { class: "quiet" }, say("ui.sure", { p: percent(it.row.probability) })),
        make("span", { class: "quiet id" }, it.id)),
    ),
    make("nav", { class: "actions", "aria-label": say("ui.moving") },
      button(say("ui.queue"), "q", () => app.go("")),
      button(say("ui.previous"), "p", () => app.go(previous), { disabled: !previous }),
      make("span", { class: "quiet" }, place),
      button(say("ui.skip"), "n", () => app.go(next ?? ""), {}),
    ),
  );
}

function notices() {
  const { it } = shown;
  const notes = [];
  if (it.row.hold) notes.push(word("hold", it.row.hold));
  if (it.extends) {
    notes.push([say("ui.extends"), " ", make("a", { href: `#${it.extends}` }, it.extends)]);
  }
  for (const id of it.extended) notes.push([say("ui.extended"), " ", make("a", { href: `#${id}` }, id)]);
  if (it.standing === "touched") notes.push(say("ui.touched"));
  if (it.standing === "changed" || it.standing === "gone") notes.push(say("ui.changed"));
  notes.push(...it.problems);
  if (it.approved) {
    const names = it.approved.join(", ") || "–";
    notes.push(say("ui.approved", { names, needed: shown.approvals ?? 2 }));
  }
  if (it.wish.comment) notes.push(say("ui.comment_is", { comment: it.wish.comment }));
  return notes.length > 0 && make("ul", { class: "notes" }, notes.map((note) => make("li", {}, note)));
}

function actions(app) {
  const { it } = shown;
  const out = shown.out.size;
  const pressed = (verdict) => String(it.wish.verdict === verdict);
  const approves = canApprove();
  const merge = approves ? say("ui.approve") : out ? count("ui.merge_without", out) : say("ui.merge");
  const rest = it.members.length - out;
  return make("div", { class: "actions verdicts", role: "toolbar", "aria-label": say("ui.actions") },
    button(merge, "m", () => decide(app, "merge"), {
      class: "is-merge", "aria-pressed": String(["merge", "approve"].includes(it.wish.verdict)), disabled: rest < 2,
      "data-focus": "merge",
    }),
    button(say("ui.apart"), "a", () => decide(app, "apart"), { class: "is-apart", "aria-pressed": pressed("apart"), "data-focus": "apart" }),
    button(say("ui.hold"), "h", () => app.hold(), { class: "is-hold", "aria-pressed": pressed("hold"), "data-focus": "hold" }),
    button(say("ui.split"), "g", () => app.split(), { "aria-pressed": pressed("split"), disabled: it.members.length < 3, "data-focus": "split" }),
    button(say("ui.comment"), "c", () => app.comment(), { "data-focus": "comment" }),
    it.wish.verdict !== "open" && button(say("ui.reopen"), "o", () => decide(app, "open"), { "data-focus": "open" }),
  );
}

/** Whether pressing merge approves of what somebody else decided. */
function canApprove() {
  const { it } = shown;
  const by = here.by || shown.by;
  return shown.approvals > 1 && it.approved?.length > 0 && !it.approved.includes(by) && !shown.out.size;
}

function table(app) {
  const { it } = shown;
  const heads = it.order.map((at, nth) => make("th", { scope: "col", role: "columnheader", class: shown.out.has(at) ? "out" : "" }, memberHead(app, at, nth)));
  const lines = it.rows.map((field, nth) => line(app, field, nth));
  return make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("ui.records_side") },
    make("table", { role: "table", class: "records" },
      make("thead", { role: "rowgroup" }, make("tr", { role: "row" },
        make("th", { scope: "col", role: "columnheader" }, say("ui.field")),
        make("th", { scope: "col", role: "columnheader" }, say("ui.chosen")), heads)),
      make("tbody", { role: "rowgroup" }, lines)));
}

function memberHead(app, at, nth) {
  const { it } = shown;
  const one = it.members[at];
  const out = shown.out.has(at);
  const stays = it.wish.survivors[at];
  const group = isGrouped() && it.wish.groups[at] > 0 ? say("ui.group", { n: it.wish.groups[at] }) : "";
  return make("div", { class: "member" },
    make("span", { class: "source" }, one.source),
    make("span", { class: "key" }, one.record_id),
    one.probability !== null && make("span", { class: "quiet" }, percent(one.probability)),
    group && make("span", { class: "badge" }, group),
    make("span", { class: "buttons" },
      button(stays ? say("ui.stays") : say("ui.make_survivor"), null, () => survive(app, at), {
        class: "small", "aria-pressed": String(stays), "data-focus": `stay${at}`,
        "aria-label": say(stays ? "ui.stays_of" : "ui.make_survivor_of", { record: member(at) }),
      }),
      it.members.length > 2 && !isGrouped() && button(out ? say("ui.put_in") : say("ui.take_out"), nth < 9 ? String(nth + 1) : null, () => leave(app, at), {
        class: "small", "aria-pressed": String(out), "data-focus": `out${at}`,
        "aria-label": say(out ? "ui.put_in_of" : "ui.take_out_of", { record: member(at) }),
      }),
    ),
  );
}

/** The value that a field has now, and whether a person said so. */
function chosen(field) {
  const own = shown.it.wish.overrides[field.field];
  return own === undefined ? [field.value, false] : [own === EMPTY ? "" : own, true];
}

function line(app, field, nth) {
  const { it } = shown;
  const [value, byHand] = chosen(field);
  const isTyped = byHand && value !== "" && !field.cells.includes(value);
  const rule = byHand ? say(isTyped ? "ui.typed" : value === "" ? "ui.emptied" : "ui.by_hand") : word("rule", field.rule);
  const name = word("field", field.field);
  const golden = make("div", { class: "golden" },
    make("span", { class: "value" }, value || make("span", { class: "quiet" }, say("ui.no_value"))),
    make("span", { class: `quiet rule${isTyped ? " typed" : ""}` }, rule),
    field.lost.length > 0 && !byHand && make("span", { class: "quiet lost" }, say("ui.lost", { values: field.lost.join(", ") })),
    !field.fixed && make("span", { class: "buttons" },
      button(say("ui.type"), null, () => app.type(field), { class: "small", "aria-label": say("ui.type_of", { field: name }), "data-focus": `type${nth}` }),
      byHand && button(say("ui.reset"), null, () => choose(app, field, null), { class: "small", "aria-label": say("ui.reset_of", { field: name }), "data-focus": `reset${nth}` })),
  );
  const cells = it.order.map((at) => {
    const text = field.cells[at];
    const isIt = text === value && text !== "";
    const inside = text === "" ? make("span", { class: "quiet" }, say("ui.none")) : isIt || field.fixed ? text : marked(text, value);
    const label = member(at);
    const attributes = { role: "cell", "data-label": label, class: `${shown.out.has(at) ? "out" : ""}${isIt ? " chosen" : ""}${text === "" ? " none" : ""}` };
    if (text === "" || field.fixed) return make("td", attributes, make("span", { class: "value" }, inside));
    return make("td", attributes, make("button", {
      type: "button", class: "value pick", "aria-pressed": String(isIt), "data-focus": `pick${nth}.${at}`,
      title: say("ui.pick"), onclick: () => choose(app, field, text),
    }, inside));
  });
  return make("tr", { role: "row", class: `${field.differs ? "differs" : ""}${nth === shown.field ? " here" : ""}`, "data-row": nth },
    make("th", { scope: "row", role: "rowheader" }, make("span", {}, name),
      field.differs && make("span", { class: "badge" }, say("ui.differs"))),
    make("td", { role: "cell", "data-label": say("ui.chosen"), class: "of-golden" }, golden), cells);
}

function below(app) {
  const { it } = shown;
  const history = it.history.slice(-12);
  return make("div", { class: "below" },
    make("section", { "aria-labelledby": "why-title" },
      make("div", { class: "bar" }, make("h2", { id: "why-title" }, say("ui.why")),
        button(say(shown.weights ? "ui.hide_weights" : "ui.show_weights"), "w", () => toggle(app), { "aria-expanded": String(shown.weights), "data-focus": "weights" })),
      make("p", {}, lane(it)),
      make("p", { class: "quiet" }, [...new Set(it.members.flatMap((one) => one.reasons.split(" ").filter(Boolean)))].map(code).join(" · ")),
      make("div", { id: "weights" })),
    it.related?.length > 0 && make("section", { "aria-labelledby": "related-title" },
      make("h2", { id: "related-title" }, say("ui.related")),
      make("ul", { class: "plain" }, it.related.map((row) => make("li", {}, relation(row))))),
    history.length > 0 && make("section", { "aria-labelledby": "history-title" },
      make("h2", { id: "history-title" }, say("ui.history")),
      make("ol", { class: "plain" }, history.map((edit) => make("li", {},
        say("ui.edit", { at: time(edit.at), by: edit.by, what: word("what", edit.what) }))))),
  );
}

const lane = (it) => say(`ui.lane_${it.row.lane}`);

function relation(row) {
  const values = { table: row.table, record: `${row.source}:${row.record_id}`, references: figure(row.references), moves: figure(row.moves) };
  const parts = [say("ui.relation", values)];
  if (row.conflicts > 0) {
    const action = word("action", row.override || row.action);
    parts.push(say("ui.relation_conflicts", { n: figure(row.conflicts), lines: row.lines, action }));
  }
  return parts.join(" ");
}

/** Shows or hides the weights. */
export function toggle(app) {
  shown.weights = app.weights = !shown.weights;
  draw(app);
}

/** Bits from which a comparison speaks somewhat, clearly, strongly: odds of 1.4, 4 and 32 to 1. */
const SPEAKS = [0.5, 2, 5];

function strength(bits) {
  const size = Math.abs(bits);
  if (size < SPEAKS[0]) return "nothing";
  const how = size < SPEAKS[1] ? "somewhat" : size < SPEAKS[2] ? "clearly" : "strongly";
  return `${how}_${bits > 0 ? "for" : "against"}`;
}

async function weigh(app) {
  const { it, pair } = shown;
  const place = $("weights");
  const answer = await ask("weights", { id: it.id, a: pair[0], b: pair[1] });
  if (shown.it !== it || !place.isConnected) return;
  if (answer.wait) {
    fill(place, make("p", { class: "quiet" }, say("ui.weights_wait")));
    setTimeout(() => shown.it === it && shown.weights && weigh(app).catch(app.failed), 1500);
    return;
  }
  if (answer.why_not !== undefined) {
    fill(place, make("p", {}, answer.why_not === "changed" ? say("ui.weights_changed") : answer.why_not || say("ui.weights_none")));
    return;
  }
  const select = (side, label) => make("label", {}, make("span", {}, label),
    make("select", { "data-focus": `pair${side}`, onchange: (event) => {
      shown.pair[side] = Number(event.target.value);
      weigh(app).catch(app.failed);
    } }, it.order.map((at) => make("option", { value: at, selected: at === pair[side] }, member(at)))));
  const chooser = it.members.length > 2 && make("div", { class: "two pair" }, select(0, say("ui.first_record")), select(1, say("ui.second_record")));
  const doubts = answer.doubts.map((doubt) => make("li", {}, doubtWords(doubt)));
  fill(place,
    doubts.length > 0 && [make("h3", {}, say("ui.doubts")), make("ul", {}, doubts)],
    chooser,
    pair[0] !== pair[1] && (answer.same_population ? waterfall(answer) : make("p", {}, say("ui.never_compared"))));
}

function doubtWords(doubt) {
  const at = (place) => (place === null ? "?" : member(place));
  switch (doubt.kind) {
    case "unsure": return say("ui.doubt_unsure", { a: at(doubt.a), b: at(doubt.b), p: percent(doubt.p), asked: percent(doubt.asked) });
    case "pair": return say("ui.doubt_pair", { a: at(doubt.a), b: at(doubt.b), words: word("doubt", doubt.words) });
    case "core": return say("ui.doubt_core", { n: figure(doubt.of), sure: doubt.sure.map(at).join(", ") });
    case "support": return say("ui.doubt_support", { a: at(doubt.a), p: percent(doubt.p), asked: percent(doubt.asked) });
    default: return say("ui.doubt_group");
  }
}

function waterfall(answer) {
  const steps = [{ comparison: "prior", bits: answer.prior, level: "", a: "", b: "" }, ...answer.steps.filter((step) => step.level !== "missing")];
  let sum = 0;
  let low = 0;
  let high = 0;
  const spans = steps.map((step) => {
    const from = sum;
    sum += step.bits;
    low = Math.min(low, sum);
    high = Math.max(high, sum);
    return [from, sum];
  });
  const wide = high - low || 1;
  const missing = answer.steps.filter((step) => step.level === "missing").map((step) => word("comparison", step.comparison));
  const bits = (value) => `${value > 0 ? "+" : value < 0 ? "−" : ""}${figure(Math.abs(value), 1)}`;
  const lines = steps.map((step, nth) => {
    const bar = make("span", { class: `bar-of ${step.bits < 0 ? "against" : "for"}` });
    const [from, to] = spans[nth];
    bar.style.marginInlineStart = `${((Math.min(from, to) - low) / wide) * 100}%`;
    bar.style.width = `${Math.max((Math.abs(to - from) / wide) * 100, 0.5)}%`;
    const name = nth === 0 ? say("ui.prior") : word("comparison", step.comparison);
    const level = nth === 0 ? say("ui.prior_words") : word("level", step.level);
    return make("li", {},
      make("span", { class: "name" }, name),
      make("span", { class: "words" }, `${level} – ${word("weight", strength(step.bits))}`),
      make("span", { class: "bits" }, say("ui.bits", { n: bits(step.bits) })),
      make("span", { class: "track", "aria-hidden": "true" }, bar));
  });
  return [
    make("ol", { class: "waterfall" }, lines),
    make("p", {}, make("strong", {}, say("ui.total", { n: bits(answer.total), p: percent(answer.probability) })),
      answer.against && [" ", make("span", { class: "quiet" }, say("ui.against_class", { name: word("class", answer.against.replaceAll(" ", "_")) }))]),
    missing.length > 0 && make("p", { class: "quiet" }, say("ui.not_weighed", { names: missing.join(", ") })),
    answer.vetoes.length > 0 && make("p", {}, say("ui.veto")),
  ];
}

// What people do.

/** Saves a proposal as it is to be; goes on to the next one after a decision. */
export async function save(app, wish, moves) {
  const { it } = shown;
  try {
    const answer = await act("edit", { id: it.id, version: it.version, wish, filter: filter() });
    app.progressed(answer.progress, answer.now);
    const { around, row } = answer.proposal;
    take(app, answer.proposal);
    const text = say("ui.saved", { what: word("state", row.state), label: row.label || it.id });
    if (moves && location.hash.slice(1) === it.id) {
      app.decided();
      const next = around.next && around.next !== it.id ? around.next : "";
      tell(text);
      await app.go(next);
    } else {
      draw(app);
      tell(text);
    }
  } catch (refused) {
    if (refused.status === 409 && refused.body.proposal) {
      const now = { ...refused.body.proposal, around: it.around };
      take(app, now);
      draw(app);
      const last = now.history[now.history.length - 1];
      warn(say("ui.stale", { by: last?.by ?? "?", what: word("what", last?.what ?? "") }));
      return;
    }
    app.failed(refused);
    draw(app);
  }
}

const wish = (more) => ({ ...shown.it.wish, ...more });

/** Decides on the proposal as a whole. */
export function decide(app, verdict, comment) {
  const { it } = shown;
  const all = it.members.map((_, at) => (verdict === "merge" && shown.out.has(at) ? 0 : 1));
  if (verdict === "merge" && all.filter(Boolean).length < 2) return undefined;
  const more = { verdict, groups: all };
  if (verdict === "merge") {
    if (canApprove()) more.verdict = "approve";
    // Who stays must be one of those that are merged.
    if (!it.wish.survivors.some((stays, at) => stays && all[at])) more.survivors = all.map(() => false);
  }
  if (!(verdict === "merge" && all.includes(0)) && it.wish.survivors.filter(Boolean).length !== 1) {
    more.survivors = it.members.map((one) => one.proposed);
  }
  if (verdict === "apart") more.overrides = {};
  if (comment !== undefined) more.comment = comment;
  return save(app, wish(more), verdict !== "open");
}

/** Splits into groups; 0 is out. */
export function split(app, groups) {
  const { it } = shown;
  const stays = it.wish.survivors.map((is, at) => is && groups[at] > 0);
  const many = new Set(groups.filter((group, _, all) => group > 0 && all.filter((other) => other === group).length > 1)).size > 1;
  return save(app, wish({ verdict: "split", groups, survivors: stays, overrides: many ? {} : it.wish.overrides }), true);
}

/** Keeps a comment. */
export const comment = (app, text) => save(app, wish({ comment: text }), false);

/** Takes a value for a field; null for the one of the plan. */
export function choose(app, field, value) {
  const overrides = { ...shown.it.wish.overrides };
  if (value === null || value === field.value) delete overrides[field.field];
  else overrides[field.field] = value === "" ? EMPTY : value;
  return save(app, wish({ overrides }), false);
}

/** Makes a record the one that stays. */
export function survive(app, at) {
  if (isGrouped()) {
    const group = shown.it.wish.groups[at];
    if (!group) return undefined;
    const survivors = shown.it.wish.survivors.map((is, other) => (shown.it.wish.groups[other] === group ? other === at : is));
    return save(app, wish({ survivors }), false);
  }
  return save(app, wish({ survivors: shown.it.members.map((_, other) => other === at) }), false);
}

/** Marks a record to be left out of the merge, or puts it back. */
export function leave(app, at) {
  if (shown.out.has(at)) shown.out.delete(at);
  else shown.out.add(at);
  draw(app);
  tell(say(shown.out.has(at) ? "ui.is_out" : "ui.is_in", { record: member(at) }));
}

/** The same for the record of a place on the screen, from 0. */
export function leaveNth(app, nth) {
  const at = shown.it?.order[nth];
  if (at !== undefined && shown.it.members.length > 2 && !isGrouped()) leave(app, at);
}

/** Moves the cursor of the fields. */
export function move(step) {
  const rows = [...document.querySelectorAll("tr[data-row]")];
  if (!rows.length) return;
  rows[shown.field]?.classList.remove("here");
  shown.field = Math.max(0, Math.min(shown.field + step, rows.length - 1));
  const row = rows[shown.field];
  row.classList.add("here");
  const target = row.querySelector("button.pick[aria-pressed=true]") ?? row.querySelector("button");
  if (target) target.focus();
  else row.scrollIntoView({ block: "nearest" });
}

/** Takes the value of the next record, or of the one before, for the field of the cursor. */
export function turn(app, step) {
  const field = shown.it.rows[shown.field];
  if (!field || field.fixed) return undefined;
  const values = [...new Set([field.value, ...shown.it.order.map((at) => field.cells[at])].filter(Boolean))];
  if (values.length < 2) return undefined;
  const [now] = chosen(field);
  const at = values.indexOf(now);
  return choose(app, field, values[(at + step + values.length) % values.length]);
}

/** The field of the cursor. */
export const current = () => shown.it?.rows[shown.field];

/** Makes the next record the one that stays. */
export function nextSurvivor(app) {
  const { it } = shown;
  const inside = it.members.map((_, at) => at).filter((at) => !shown.out.has(at));
  const stays = it.wish.survivors.indexOf(true);
  return survive(app, inside[(inside.indexOf(stays) + 1) % inside.length]);
}
