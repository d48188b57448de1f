// Elements made of text, never of HTML: whatever stands in a record stays text.

/** Makes an element: attributes, listeners (`on…`) and children, which are elements or text. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "value") element.value = value;
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Puts children in the place of what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren();
  add(element, children);
  return element;
}

export const $ = (id) => document.getElementById(id);

let texts = {};
let language = "en";

/** Takes the texts of a language. */
export function speak(all, code) {
  texts = all;
  language = code;
  document.documentElement.lang = code;
}

/** A text of the catalogue with its places filled: `say("ui.saved", { by })`. */
export function say(key, values = {}) {
  const [section, name] = key.split(".");
  const text = texts[section]?.[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (_, place) => String(values[place] ?? ""));
}

/** The text of one or of several. */
export function count(key, number) {
  return say(number === 1 ? `${key}_one` : key, { n: figure(number) });
}

/** A name of files in words; the name itself where the catalogue has none. */
export function word(section, name) {
  return texts[section]?.[name] ?? String(name).replaceAll("_", " ");
}

/** A number as the language writes it. */
export const figure = (number, digits = 0) =>
  new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(number);

/** A probability; never rounded up to all or down to none. */
export function percent(p) {
  if (p === null || p === undefined) return "–";
  if (p > 0.9999 && p < 1) return `> ${figure(99.99, 2)} %`;
  if (p > 0 && p < 0.0001) return `< ${figure(0.01, 2)} %`;
  const digits = p === 1 || p === 0 ? 0 : p > 0.99 || p < 0.01 ? 2 : 1;
  return `${figure(p * 100, digits)} %`;
}

/** A time as the language writes it. */
export const time = (at) =>
  new Intl.DateTimeFormat(language, { dateStyle: "short", timeStyle: "short" }).format(new Date(at));

/** Tells something that went well; read out when there is time. */
export function tell(text) {
  fill($("said"), text);
  $("said").classList.add("shown");
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => $("said").classList.remove("shown"), 6000);
  fill($("alarm"));
}

/** Tells that something was not done; read out at once, and stays until the next thing is told. */
export function warn(text) {
  const close = make("button", { type: "button", class: "plain", "aria-label": say("ui.close"), onclick: () => fill($("alarm")) }, "×");
  fill($("alarm"), make("span", {}, text), close);
  $("said").classList.remove("shown");
}

/** A button that shows its key. */
export function button(label, key, act, more = {}) {
  const attributes = { type: "button", onclick: act, ...more };
  if (key) attributes["aria-keyshortcuts"] = key;
  return make("button", attributes, make("span", {}, label), key && make("kbd", { "aria-hidden": "true" }, key));
}
