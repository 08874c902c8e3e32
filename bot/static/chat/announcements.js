// What is announced, above the transcript: comes and goes by the server's word, can be closed for good.

import { byId, element } from "./dom.js";
import { renderAnswer } from "./markdown.js";
import { say } from "./words.js";

/** @typedef {{ id: string, text: string }} Announcement */

const CLOSED = "closed.";

export class Announcements {
  /** @param {import("./vault.js").Vault} vault */
  constructor(vault) {
    this.vault = vault;
    this.list = byId("announcements");
    /** @type {Map<string, HTMLElement>} what is shown, by id and text */
    this.shown = new Map();
  }

  /** @param {Announcement[]} announcements */
  show(announcements) {
    const now = new Set(announcements.map((one) => one.id));
    for (const name of this.vault.names(CLOSED)) {
      // it is over: should its id come back one day, it is another one
      if (!now.has(name.slice(CLOSED.length))) this.vault.put(name, null);
    }
    const open = announcements.filter((one) => this.vault.get(CLOSED + one.id) !== one.text);
    const keys = open.map((one) => JSON.stringify([one.id, one.text]));
    for (const [key, item] of this.shown) {
      if (keys.includes(key)) continue;
      item.remove();
      this.shown.delete(key);
    }
    // what stays is not touched: a screen reader would say it again
    open.forEach((one, place) => {
      if (!this.shown.has(keys[place])) this.add(one, keys[place]);
    });
  }

  /**
   * @param {Announcement} one
   * @param {string} key
   */
  add(one, key) {
    const close = element("button", { type: "button", class: "icon", "aria-label": say("closeAnnouncement") }, "×");
    const text = element("div", { class: "announced" }, element("strong", {}, say("announcement")), renderAnswer(one.text));
    const item = element("li", {}, text, close);
    close.addEventListener("click", () => this.dismiss(one, key));
    this.shown.set(key, item);
    this.list.append(item);
  }

  /**
   * @param {Announcement} one
   * @param {string} key
   */
  dismiss(one, key) {
    this.vault.put(CLOSED + one.id, one.text);
    this.shown.get(key)?.remove();
    this.shown.delete(key);
    // the focus must not fall to nowhere
    (this.list.querySelector("button") ?? byId("scroll")).focus({ preventScroll: true });
  }
}
