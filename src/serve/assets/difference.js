// Which characters of a text are not in another.

import { make } from "./dom.js";

/** Characters compared one by one; longer texts are told apart as a whole. */
const LONGEST = 400;

/** Runs of a text, each with whether it stands in the other text, too, in the same order. */
export function runs(text, other) {
  const a = [...text];
  const b = [...other];
  if (text === other || !a.length) return [[text, true]];
  if (a.length > LONGEST || b.length > LONGEST || !b.length) return [[text, false]];
  const lower = (c) => c.toLocaleLowerCase();
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      rows[i][j] = a[i] === b[j] ? rows[i + 1][j + 1] + 1 : Math.max(rows[i + 1][j], rows[i][j + 1]);
    }
  }
  const found = [];
  const put = (c, same) => {
    const last = found[found.length - 1];
    if (last && last[1] === same) last[0] += c;
    else found.push([c, same]);
  };
  let i = 0;
  let j = 0;
  while (i < a.length) {
    if (j < b.length && a[i] === b[j]) {
      put(a[i++], true);
      j++;
    } else if (j < b.length && rows[i][j + 1] >= rows[i + 1][j] && lower(a[i]) !== lower(b[j])) {
      j++;
    } else {
      put(a[i++], false);
    }
  }
  return found;
}

/** The text with what differs marked: underlined and shaded, and said to be so. */
export function marked(text, other) {
  return runs(text, other).map(([part, same]) => (same ? part : make("mark", {}, part)));
}
