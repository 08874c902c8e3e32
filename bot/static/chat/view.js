// The transcript on the page: messages in the order of their seq, then what is not sent yet.

import { byId, element, isWebAddress, link } from "./dom.js";
import { renderFile } from "./files.js";
import { renderAnswer, renderWords } from "./markdown.js";
import { dayOf, exactTimeOf, say, timeOf } from "./words.js";

/** @typedef {import("./connection.js").Connection} Connection */
/** @typedef {{ label: string, code?: string, url?: string, tel?: string }} Action */
/**
 * @typedef {{ seq: number, from: string, kind: string, text: string, at: number, client_id?: string,
 *   name?: string, buttons?: Action[], quick?: Action[], files?: import("./files.js").Kept[], erased?: string }} Said
 */

const NEAR_END = 120;

export class View {
  /**
   * @param {Connection} connection
   * @param {(action: Action) => void} onchoice
   */
  constructor(connection, onchoice) {
    this.connection = connection;
    this.onchoice = onchoice;
    this.scroller = byId("scroll");
    this.list = byId("log");
    this.quick = byId("quick");
    this.jump = byId("jump");
    this.accountName = document.body.dataset.name ?? say("bot");
    /** @type {Map<number, HTMLElement>} */
    this.shown = new Map();
    /** @type {Map<string, HTMLElement>} */
    this.pending = new Map();
    this.readSeq = 0;
    this.forgetPlace();
    this.jump.addEventListener("click", () => this.toEnd(true));
    this.scroller.addEventListener("scroll", () => {
      if (this.isAtEnd()) this.jump.hidden = true;
    });
    this.wasAtEnd = true;
    // the keyboard of a phone takes room, pictures grow: stay where the talk is
    const stay = new ResizeObserver(() => this.wasAtEnd && this.toEnd());
    stay.observe(this.scroller);
    stay.observe(this.list);
    this.scroller.addEventListener("scroll", () => (this.wasAtEnd = this.isAtEnd()));
  }

  forgetPlace() {
    this.lastDay = "";
    this.lastSender = "";
  }

  reset() {
    for (const item of this.list.querySelectorAll(":scope > :not(.pending)")) item.remove();
    this.shown.clear();
    this.forgetPlace();
    this.readSeq = 0;
  }

  isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  toEnd(gently = false) {
    const smooth = gently && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth ? "smooth" : "auto" });
    this.jump.hidden = true;
  }

  /** @param {Said[]} events */
  add(events) {
    const follow = this.isAtEnd() || this.shown.size === 0;
    const before = this.list.querySelector(":scope > .pending");
    for (const said of events) {
      if (said.client_id) this.drop(said.client_id);
      const items = [...this.dayIfNew(said.at), this.message(said)];
      const place = before?.isConnected ? before : this.list.querySelector(":scope > .pending");
      for (const item of items) this.list.insertBefore(item, place);
    }
    const last = events[events.length - 1];
    this.offer(last.quick ?? []);
    if (follow) this.toEnd();
    else if (last.from !== "customer") this.jump.hidden = false;
    this.mark();
  }

  /** @param {number} at */
  dayIfNew(at) {
    const day = new Date(at).toDateString();
    if (day === this.lastDay) return [];
    this.lastDay = day;
    this.lastSender = "";
    return [element("li", { class: "day" }, element("span", {}, dayOf(at)))];
  }

  /** @param {Said} said */
  message(said) {
    const own = said.from === "customer";
    const item = element("li", { class: `message ${said.from}` });
    const sender = own ? "" : said.from === "agent" ? said.name || say("agent") : this.accountName;
    if (own) item.append(element("span", { class: "visually-hidden" }, say("you")));
    else if (sender !== this.lastSender) item.append(element("span", { class: "sender" }, sender));
    this.lastSender = sender;
    item.append(this.bubble(said), this.footer(said.at));
    item.dataset.seq = String(said.seq);
    this.shown.set(said.seq, item);
    return item;
  }

  /** @param {Said} said */
  bubble(said) {
    const bubble = element("div", { class: "bubble" });
    if (said.erased) {
      bubble.classList.add("erased");
      bubble.append(renderWords(say(said.erased === "unsent" ? "unsent" : "erased"), false));
      return bubble;
    }
    const ours = said.from === "bot" || said.from === "system";
    if (said.text) {
      bubble.append(ours ? renderAnswer(said.text) : renderWords(said.text, said.from === "agent"));
    }
    for (const file of said.files ?? []) bubble.append(renderFile(this.connection, file));
    if (said.buttons?.length) bubble.append(this.buttons(said.buttons));
    return bubble;
  }

  /** @param {Action[]} actions */
  buttons(actions) {
    const group = element("div", { class: "buttons" });
    for (const action of actions) group.append(this.action(action, group));
    return group;
  }

  /**
   * @param {Action} action
   * @param {HTMLElement} group
   */
  action(action, group) {
    if (action.url && isWebAddress(action.url)) return link(action.url, action.label);
    if (action.tel) {
      return element("a", { href: `tel:${action.tel.replace(/[^+\d]/g, "")}` }, action.label);
    }
    const button = element("button", { type: "button" }, action.label);
    button.addEventListener("click", () => {
      // asked once: a second tap would say the same again
      for (const other of group.querySelectorAll("button")) other.disabled = true;
      button.classList.add("chosen");
      this.onchoice(action);
    });
    return button;
  }

  /** Quick replies go with the newest message and vanish with the next. @param {Action[]} actions */
  offer(actions) {
    this.quick.replaceChildren(...actions.map((action) => this.action(action, this.quick)));
    this.quick.hidden = actions.length === 0;
  }

  /** @param {number} at */
  footer(at) {
    const time = element("time", { datetime: new Date(at).toISOString(), title: exactTimeOf(at) }, timeOf(at));
    return element("span", { class: "foot" }, time);
  }

  // --- not sent yet

  /**
   * Show at once what the visitor says.
   * @param {string} clientId
   * @param {Node} content
   */
  addPending(clientId, content) {
    this.offer([]);
    const status = element("span", { class: "foot", role: "status" }, say("sending"));
    const item = element(
      "li",
      { class: "message customer pending" },
      element("span", { class: "visually-hidden" }, say("you")),
      element("div", { class: "bubble" }, content),
      status,
    );
    this.pending.set(clientId, item);
    this.list.append(item);
    this.toEnd();
  }

  /**
   * @param {string} clientId
   * @param {string} words
   * @param {[string, () => void][]} [ways] what the visitor can do about it
   */
  setStatus(clientId, words, ways = []) {
    const foot = this.pending.get(clientId)?.querySelector(".foot");
    if (!foot) return;
    foot.classList.toggle("trouble", ways.length > 0);
    foot.replaceChildren(words);
    for (const [label, act] of ways) {
      const button = element("button", { type: "button", class: "plain" }, label);
      button.addEventListener("click", act);
      foot.append(" ", button);
    }
  }

  /** @param {string} clientId */
  drop(clientId) {
    this.pending.get(clientId)?.remove();
    this.pending.delete(clientId);
  }

  // --- later

  /** @param {number[]} seqs */
  erase(seqs) {
    for (const seq of seqs) {
      const bubble = this.shown.get(seq)?.querySelector(".bubble");
      if (!bubble || bubble.classList.contains("erased")) continue;
      bubble.className = "bubble erased";
      bubble.replaceChildren(renderWords(say("erased"), false));
    }
  }

  /** Put the read mark under the visitor's newest message that was read. @param {number} [seq] */
  mark(seq = this.readSeq) {
    this.readSeq = seq;
    this.list.querySelector(".read-mark")?.remove();
    const own = [...this.list.querySelectorAll(".message.customer[data-seq]")];
    const read = own.reverse().find((item) => Number(/** @type {HTMLElement} */ (item).dataset.seq) <= seq);
    read?.querySelector(".foot")?.prepend(element("span", { class: "read-mark" }, say("read")), " ");
  }
}
