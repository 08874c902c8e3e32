// Talks to the server: JSON both ways, the login's token with every change.

import { here } from "./unsent.js";

const token = document.querySelector('meta[name="csrf"]')?.getAttribute("content") ?? "";

const QUIET_MS = 60_000;
let inputAt = Date.now();
for (const kind of ["pointerdown", "keydown", "wheel"]) {
  addEventListener(kind, () => (inputAt = Date.now()), { passive: true, capture: true });
}

/** How long ago somebody touched this page, in ms. */
export function quietFor() {
  return Date.now() - inputAt;
}

/** A refusal or failure, with what the server said about it. */
export class Refusal extends Error {
  /**
   * @param {number} status 0 when there was no answer
   * @param {any} body
   */
  constructor(status, body) {
    super(String(body?.error?.message ?? ""));
    this.status = status;
    this.code = String(body?.error?.code ?? "");
    this.body = body ?? {};
  }
}

const SHOWN_AFTER_MS = 300;
let running = 0;

/**
 * Show a wait that somebody could notice.
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
async function showing(work) {
  running += 1;
  const timer = setTimeout(() => document.body.classList.add("busy"), SHOWN_AFTER_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    running -= 1;
    if (running === 0) document.body.classList.remove("busy");
  }
}

/**
 * @param {string} path
 * @param {RequestInit} options
 * @param {number} [ms] how long an answer may take
 * @returns {Promise<any>}
 */
async function call(path, options, ms = 15_000) {
  const patience = AbortSignal.timeout(ms);
  /** @type {Response} */
  let response;
  try {
    response = await showing(
      fetch(path, { ...options, signal: patience, credentials: "same-origin" }),
    );
  } catch {
    throw new Refusal(0, {});
  }
  if (response.status === 401) {
    // what was written stays in this tab, the page comes back after logging in again
    dispatchEvent(new Event("loginended"));
    location.assign(`/login?next=${encodeURIComponent(here())}&said=login.ended`);
  }
  const body = await response.json().catch(() => null);
  if (body?.error?.code === "login_changed") {
    // another tab logged in anew: this page needs the new login's token
    dispatchEvent(new Event("loginended"));
    location.reload();
  }
  if (!response.ok) throw new Refusal(response.status, body);
  return body;
}

/**
 * @param {string} path
 * @returns {Promise<any>}
 */
export function read(path) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json" };
  // a page that merely follows what happens does not keep the login alive
  if (quietFor() > QUIET_MS) headers["X-Madoguchi-Quiet"] = "1";
  return call(path, { headers });
}

/**
 * @param {string} path
 * @param {object} [body]
 * @param {number} [ms] how long an answer may take
 * @returns {Promise<any>}
 */
export function change(path, body = {}, ms = undefined) {
  return call(path, {
    method: "POST",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/json",
      "X-Madoguchi-Token": token,
    },
    body: JSON.stringify(body),
  }, ms);
}
