// What this browser remembers: settings for good, drafts for this tab. Storage may be refused.

import { freshId } from "./dom.js";

/** @typedef {{text: string, note: string, client_id: string, note_id: string}} Draft */

/** @type {Map<string, string>} */
const memory = new Map();

/**
 * @param {Storage | null} storage
 * @param {string} key
 */
function get(storage, key) {
  try {
    return storage?.getItem(key) ?? memory.get(key) ?? null;
  } catch {
    return memory.get(key) ?? null;
  }
}

/**
 * @param {Storage | null} storage
 * @param {string} key
 * @param {string | null} value
 */
function put(storage, key, value) {
  if (value === null) memory.delete(key);
  else memory.set(key, value);
  try {
    if (value === null) storage?.removeItem(key);
    else storage?.setItem(key, value);
  } catch {
    // the memory has it
  }
}

/** @param {"localStorage" | "sessionStorage"} name */
function open(name) {
  try {
    return window[name];
  } catch {
    return null;
  }
}

const local = open("localStorage");
const tab = open("sessionStorage");

/**
 * A setting of this person on this computer.
 * @param {string} name
 * @param {string} usual
 */
export function setting(name, usual) {
  return get(local, `desk.${name}`) ?? usual;
}

/**
 * @param {string} name
 * @param {string} value
 */
export function keepSetting(name, value) {
  put(local, `desk.${name}`, value);
}

/**
 * The draft of a conversation. Its ids are made once, so that sending it twice changes nothing.
 * @param {number} id
 * @returns {Draft}
 */
export function draftOf(id) {
  const fresh = { text: "", note: "", client_id: freshId(), note_id: freshId() };
  const kept = get(tab, `draft.${id}`);
  if (!kept) return fresh;
  try {
    return { ...fresh, ...JSON.parse(kept) };
  } catch {
    return fresh;
  }
}

/**
 * @param {number} id
 * @param {Draft} draft
 */
export function keepDraft(id, draft) {
  const empty = !draft.text && !draft.note;
  put(tab, `draft.${id}`, empty ? null : JSON.stringify(draft));
}

/**
 * Whether something unsent is written there.
 * @param {number} id
 */
export function hasDraft(id) {
  return get(tab, `draft.${id}`) !== null;
}

/** @typedef {{me: string, path: string, returning: boolean, forms?: any[], entry?: any}} Unsent */

/**
 * What a page could not send because the login had ended.
 * @returns {Unsent | null}
 */
export function unsent() {
  try {
    return JSON.parse(get(tab, "draft.unsent") ?? "null");
  } catch {
    return null;
  }
}

/** @param {Unsent | null} kept */
export function keepUnsent(kept) {
  put(tab, "draft.unsent", kept && JSON.stringify(kept));
}

/** At logout nothing of the customers' stays here. */
export function forgetDrafts() {
  try {
    for (const key of Object.keys(tab ?? {})) if (key.startsWith("draft.")) tab?.removeItem(key);
  } catch {
    // nothing was kept
  }
}
