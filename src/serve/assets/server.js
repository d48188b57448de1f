// Talking to the server, and what a browser window remembers.

/** What a window knows of itself: it survives a reload. */
export const here = {
  window: sessionStorage.getItem("window") ?? crypto.getRandomValues(new Uint32Array(2)).join("x"),
  get by() {
    return localStorage.getItem("by") ?? "";
  },
  set by(name) {
    if (name) localStorage.setItem("by", name);
    else localStorage.removeItem("by");
  },
};
sessionStorage.setItem("window", here.window);

/** An answer that is no success. */
export class Refused extends Error {
  constructor(status, body) {
    super(body?.why || `${status}`);
    this.status = status;
    this.body = body ?? {};
  }
}

async function answer(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Refused(0);
  }
  const kind = response.headers.get("content-type") ?? "";
  const body = kind.includes("json") ? await response.json() : { why: await response.text() };
  if (!response.ok) throw new Refused(response.status, body);
  return body;
}

/** Asks for something. */
export function ask(path, values = {}) {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    query.set(key, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  return answer(fetch(`/api/${path}?${query}`));
}

/** Does something, in this window's name. */
export function act(path, body = {}) {
  return answer(
    fetch(`/api/${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...body, by: here.by, window: here.window }),
    }),
  );
}
