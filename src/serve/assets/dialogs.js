// Windows over the page: they hold the focus, and Escape closes them.

import { button, count, figure, fill, make, say, tell, word } from "./dom.js";
import { filter } from "./queue.js";
import { act, here } from "./server.js";
import { choose, comment, decide, shown, split } from "./proposal.js";

let opener = null;

/** Opens a dialog: its title, what is in it, and what happens when it is confirmed. */
function open(title, parts, confirm, label) {
  const close = () => dialog.close();
  const form = make("form", { onsubmit: async (event) => {
    event.preventDefault();
    if ((await confirm?.(form)) !== false) close();
  } },
    make("h2", { id: "dialog-title" }, title), parts,
    make("div", { class: "actions end" },
      make("button", { type: "button", onclick: close }, say(confirm ? "ui.cancel" : "ui.close")),
      confirm && make("button", { type: "submit", class: "first" }, label ?? say("ui.save"))));
  const dialog = make("dialog", { "aria-labelledby": "dialog-title", onclose: () => {
    dialog.remove();
    if (opener?.isConnected) opener.focus();
  } }, form);
  opener = document.activeElement;
  document.body.append(dialog);
  dialog.showModal();
  (form.querySelector("[autofocus]") ?? form.querySelector("input, select, textarea"))?.focus();
  return form;
}

const area = (name, label, value = "") =>
  make("label", {}, make("span", {}, label),
    make("textarea", { name, rows: 3, value, autofocus: true, onkeydown: (event) => {
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        event.target.form.requestSubmit();
      }
    } }));

export const isOpen = () => document.querySelector("dialog[open]") !== null;

/** Asks why a proposal waits. */
export const hold = (app) =>
  open(say("ui.hold"), area("why", say("ui.hold_why"), shown.it.wish.comment), (form) => {
    decide(app, "hold", form.why.value.trim());
  });

/** Asks for a comment. */
export const comments = (app) =>
  open(say("ui.comment"), area("why", say("ui.comment_why"), shown.it.wish.comment), (form) => {
    comment(app, form.why.value.trim());
  });

/** Asks for a value that stands in no record. */
export function type(app, field) {
  const own = shown.it.wish.overrides[field.field];
  const value = own === undefined ? field.value : own === "(empty)" ? "" : own;
  const input = make("input", { name: "value", value, autofocus: true, autocomplete: "off", spellcheck: "false" });
  const form = open(say("ui.type_of", { field: word("field", field.field) }),
    [make("label", {}, make("span", {}, say("ui.type_value")), input), make("p", { class: "quiet" }, say("ui.type_hint"))],
    () => { choose(app, field, input.value.trim()); });
  form.value.select();
}

/** Asks which records belong together. */
export function groups(app) {
  const { it } = shown;
  const isSplit = it.wish.verdict === "split";
  const most = Math.min(it.members.length, 9);
  const select = (at) => make("label", {}, make("span", {}, `${it.members[at].source}:${it.members[at].record_id} – ${names(at)}`),
    make("select", { name: `of${at}` }, Array.from({ length: most + 1 }, (_, group) =>
      make("option", { value: group, selected: group === (isSplit ? it.wish.groups[at] : shown.out.has(at) ? 0 : 1) },
        group === 0 ? say("ui.out") : say("ui.group", { n: group })))));
  open(say("ui.split"), [make("p", { class: "quiet" }, say("ui.split_hint")), make("div", { class: "stack" }, it.order.map(select))], (form) => {
    split(app, it.members.map((_, at) => Number(form[`of${at}`].value)));
  });
}

function names(at) {
  const fields = ["full_name", "first_name", "last_name", "company_name", "company", "email"];
  const values = fields.map((name) => shown.it.fields.find((field) => field.field === name)?.cells[at]).filter(Boolean);
  return values.slice(0, 2).join(" ");
}

/** Asks for the reviewer's name. */
export const name = (app) =>
  open(say("ui.name"), [
    make("label", {}, make("span", {}, say("ui.name_label")),
      make("input", { name: "by", value: here.by || app.start.by, maxlength: 100, autocomplete: "off" })),
    make("p", { class: "quiet" }, say("ui.name_hint"))], (form) => {
    const given = form.by.value.trim();
    here.by = given === app.start.by ? "" : given;
    app.head();
  });

/** Makes a link for one more browser. */
export async function invite(app) {
  try {
    const { link } = await act("invite");
    open(say("ui.invite"), [make("p", {}, say("ui.invite_hint")),
      make("label", {}, make("span", {}, say("ui.link")), make("input", { readonly: true, value: link, onfocus: (event) => event.target.select() }))]);
  } catch (refused) {
    app.failed(refused);
  }
}

/** Lists the keys. */
export function keys(all) {
  open(say("ui.keys"), make("div", { class: "keys" }, all.map(([title, list]) => make("section", {},
    make("h3", {}, say(`ui.${title}`)),
    make("dl", {}, list.map(([key, text]) => make("div", {}, make("dt", {}, key.split(" ").map((one) => make("kbd", {}, one))), make("dd", {}, say(`ui.${text}`)))))))));
}

/** One answer for everything that the filter lets through: preview, then a number to be typed. */
export function bulk(app) {
  const place = make("div", { "aria-live": "polite" });
  let preview = null;
  const verdict = make("select", { name: "verdict", onchange: () => look() },
    ["merge", "apart", "hold"].map((one) => make("option", { value: one }, say(`ui.${one}`))));
  const why = make("input", { name: "comment", autocomplete: "off" });
  const typed = make("input", { name: "typed", inputmode: "numeric", autocomplete: "off" });
  const body = () => ({ filter: filter(), verdict: verdict.value, comment: why.value.trim() });
  const look = async () => {
    try {
      preview = await act("bulk", body());
    } catch (refused) {
      app.failed(refused);
      return;
    }
    const { records, lost, moves, decided, unable, shown: some } = preview;
    fill(place,
      make("p", {}, make("strong", {}, count(`ui.bulk_${verdict.value}`, preview.count)), " ", count("ui.records", records)),
      make("ul", {},
        verdict.value === "merge" && lost > 0 && make("li", {}, count("ui.values_lost", lost)),
        verdict.value === "merge" && moves > 0 && make("li", {}, count("ui.references", moves)),
        decided > 0 && make("li", {}, count("ui.bulk_decided", decided)),
        unable > 0 && make("li", {}, count("ui.bulk_unable", unable))),
      some.length > 0 && make("p", { class: "quiet" }, say("ui.bulk_among", { names: some.map((one) => one.label || one.id).join("; ") })),
      preview.count > 0 && make("p", {}, say("ui.bulk_type", { n: preview.count })));
  };
  const lines = Object.entries(filter()).map(([key, value]) => `${say(`filter.${key}`)}: ${typeof value === "number" ? `${figure(value * 100)} %` : words(key, value)}`);
  open(say("ui.bulk"), [
    make("p", { class: "quiet" }, lines.length ? lines.join(" · ") : say("ui.no_filter")),
    make("label", {}, make("span", {}, say("ui.bulk_what")), verdict),
    place,
    make("label", {}, make("span", {}, say("ui.comment")), why),
    make("label", {}, make("span", {}, say("ui.bulk_confirm")), typed)], async () => {
    if (!preview?.count) return false;
    if (typed.value.trim() !== String(preview.count)) {
      typed.setAttribute("aria-invalid", "true");
      typed.focus();
      return false;
    }
    try {
      const done = await act("bulk", { ...body(), typed: typed.value, digest: preview.digest });
      app.progressed(done.progress, done.now);
      await app.redraw();
      tell(count("ui.bulk_done", done.count));
    } catch (refused) {
      if (refused.status === 409) {
        await look();
        app.warnOf("ui.bulk_stale");
        return false;
      }
      app.failed(refused);
      return false;
    }
    return true;
  }, say("ui.bulk_do"));
  look();
}

function words(key, value) {
  const sections = { lane: "lane", hold: "hold_short", field: "field", state: "filter" };
  return sections[key] ? word(sections[key], value) : value;
}
