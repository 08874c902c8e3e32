// What is on the desk's page, shared by its panes.

import { read, Refusal } from "./api.js";
import { byId } from "./dom.js";
import { setWords } from "./texts.js";

/** What is on the page. */
export const view = {
  filter: "waiting",
  query: "",
  limit: 50,
  /** @type {any} */
  list: { rows: [], counts: {}, colleagues: [], more: false, pushes_left: null },
  /** @type {any} */
  detail: null,
  openId: 0,
  /** messages shown of the open conversation */
  depth: 100,
  /** seq up to which the person had the time to read */
  seenSeq: 0,
  customerTypesUntil: 0,
  /** colleagues who type, and until when that is believed @type {Map<string, number>} */
  typing: new Map(),
};

/** Ways between the panes that are laid once all of them exist. */
export const ways = {
  /** @type {(id: number) => void} */
  open: () => {},
  /** @type {(message: object) => void} */
  say: () => {},
  /** how many pushes are left may have changed @type {() => void} */
  counted: () => {},
};

/** Who looks, in which language and time zone, and which teams there are. @type {any} */
export const start = await begin();
setWords(start);

/** Who looks and in which words; asked until it comes. */
async function begin() {
  for (;;) {
    try {
      return await read("/desk/api/start");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      byId("reconnecting").hidden = false;
      await new Promise((resolve) => setTimeout(resolve, 3_000));
    }
  }
}

/**
 * @template T
 * @param {() => Promise<T>} call
 * @returns {Promise<T | null>}
 */
export async function quietly(call) {
  try {
    return await call();
  } catch (error) {
    // the banner says that the connection is gone; the next poll tries again
    if (error instanceof Refusal) return null;
    throw error;
  }
}
