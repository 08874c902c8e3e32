// Questions the visitor may be about to ask, offered while they write.

import { byId, element } from "./dom.js";
import { lang, say } from "./words.js";

const PAUSE_MS = 300;
const LEAST = 2;
const MOST = 200;

/** @typedef {{ code: string, label: string }} Suggestion */

export class Suggestions {
  /**
   * @param {HTMLTextAreaElement} field
   * @param {{ token: () => string, choose: (one: Suggestion) => void }} to
   */
  constructor(field, to) {
    this.field = field;
    this.to = to;
    this.box = byId("suggestions");
    this.said = byId("suggested");
    this.timer = 0;
    /** People answer now: what the bot knows would only be in the way. */
    this.off = false;
    /** @type {AbortController | null} */
    this.asking = null;
    field.addEventListener("input", () => this.wait());
    field.addEventListener("keydown", (event) => this.onkey(event));
    this.box.addEventListener("keydown", (event) => this.onkey(event));
  }

  wait() {
    this.cancel();
    const text = this.field.value.trim();
    // a long text or several lines are the question itself
    if (this.off || text.length < LEAST || text.length > MOST || text.includes("\n")) return this.clear();
    this.timer = setTimeout(() => void this.ask(text), PAUSE_MS);
  }

  cancel() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.asking = null;
  }

  clear() {
    this.cancel();
    this.show([]);
  }

  /** @param {boolean} off */
  pause(off) {
    this.off = off;
    if (off) this.clear();
  }

  /** @param {string} text */
  async ask(text) {
    const asking = new AbortController();
    this.asking = asking;
    try {
      const answer = await fetch("/chat/suggest", {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${this.to.token()}` },
        body: JSON.stringify({ text, lang }),
        signal: asking.signal,
      });
      const found = answer.ok ? (await answer.json()).suggestions : [];
      if (this.asking === asking) this.show(found);
    } catch {
      // offline or overtaken by the next letter: writing goes on without
    }
  }

  /** @param {Suggestion[]} found */
  show(found) {
    const had = this.box.contains(document.activeElement);
    this.box.replaceChildren(...found.map((one) => this.button(one)));
    this.box.hidden = found.length === 0;
    this.said.textContent = found.length ? say("suggested", { n: found.length }) : "";
    if (had) this.field.focus();
  }

  /** @param {Suggestion} one */
  button(one) {
    const button = element("button", { type: "button" }, one.label);
    button.addEventListener("click", () => {
      this.clear();
      this.to.choose(one);
    });
    return element("li", {}, button);
  }

  /** Arrows go through the list, Escape puts it away. @param {KeyboardEvent} event */
  onkey(event) {
    if (this.box.hidden || event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.clear();
      this.field.focus();
      return;
    }
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    /** @type {HTMLElement[]} */
    const stops = [...this.box.querySelectorAll("button")];
    const at = stops.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    // the list stands above the field
    const to = event.key === "ArrowUp" ? (at < 0 ? stops.length - 1 : at - 1) : at < 0 ? -1 : at + 1;
    if (at < 0 && event.key === "ArrowDown") return;
    event.preventDefault();
    (stops[to] ?? this.field).focus();
  }
}
