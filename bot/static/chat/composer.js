// Where the visitor writes: text, files, and the keys that send.

import { byId, element } from "./dom.js";
import { ACCEPT, draw, FILES_MAX, objection } from "./files.js";
import { say } from "./words.js";

const TYPING_MS = 3000;

export class Composer {
  /**
   * @param {number} uploadMax
   * @param {{ send: (text: string, files: File[]) => void, typing: (on: boolean) => void }} to
   */
  constructor(uploadMax, to) {
    this.uploadMax = uploadMax;
    this.to = to;
    /** @type {HTMLTextAreaElement} */
    this.text = byId("text");
    this.tray = byId("tray");
    this.notice = byId("notice");
    /** @type {HTMLInputElement} */
    this.picker = byId("file");
    this.picker.accept = ACCEPT;
    /** @type {File[]} */
    this.files = [];
    this.toldTypingAt = 0;
    this.listen();
  }

  listen() {
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.text.addEventListener("keydown", (event) => this.onkey(event));
    this.text.addEventListener("input", () => this.oninput());
    this.text.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length) {
        event.preventDefault();
        this.addFiles(files);
      }
    });
    byId("attach").addEventListener("click", () => this.picker.click());
    this.picker.addEventListener("change", () => {
      this.addFiles([...(this.picker.files ?? [])]);
      this.picker.value = "";
    });
    this.listenToDrops();
  }

  listenToDrops() {
    const carriesFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
    addEventListener("dragover", (event) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      document.body.classList.add("dropping");
    });
    addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) document.body.classList.remove("dropping");
    });
    addEventListener("drop", (event) => {
      document.body.classList.remove("dropping");
      if (!carriesFiles(event)) return;
      event.preventDefault();
      this.addFiles([...(event.dataTransfer?.files ?? [])]);
    });
  }

  /** @param {KeyboardEvent} event */
  onkey(event) {
    // while an input method composes, Enter chooses a word; Safari says so by 229 alone
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    if (event.shiftKey || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    this.send();
  }

  oninput() {
    this.fit();
    const written = this.text.value.trim() !== "";
    if (!written) this.tellTyping(false);
    else if (Date.now() - this.toldTypingAt > TYPING_MS) this.tellTyping(true);
  }

  /** @param {boolean} on */
  tellTyping(on) {
    if (!on && !this.toldTypingAt) return;
    this.toldTypingAt = on ? Date.now() : 0;
    this.to.typing(on);
  }

  fit() {
    this.text.rows = Math.min(6, Math.max(1, this.text.value.split("\n").length));
    // long lines wrap too, which only the browser can count
    while (this.text.rows < 6 && this.text.scrollHeight > this.text.clientHeight + 4) this.text.rows += 1;
  }

  send() {
    const text = this.text.value.trim();
    if (!text && !this.files.length) return;
    const files = this.files;
    this.text.value = "";
    this.files = [];
    this.tellTyping(false);
    this.showNotice("");
    this.to.send(text, files);
    this.showTray();
    this.fit();
    this.text.focus();
  }

  /** Throw away what was written: a button said it better. */
  empty() {
    this.text.value = "";
    this.tellTyping(false);
    this.fit();
  }

  /** @param {File[]} files */
  addFiles(files) {
    let complaint = "";
    for (const file of files) {
      const wrong = objection(file, this.uploadMax);
      if (wrong) complaint = wrong;
      else if (this.files.length >= FILES_MAX) complaint = say("tooMany", { n: FILES_MAX });
      else this.files.push(file);
    }
    this.showNotice(complaint);
    this.showTray();
    this.text.focus();
  }

  /** @param {string} words */
  showNotice(words) {
    this.notice.textContent = words;
    this.notice.hidden = !words;
  }

  showTray() {
    this.tray.replaceChildren(...this.files.map((file) => this.chip(file)));
    this.tray.hidden = this.files.length === 0;
  }

  /** @param {File} file */
  chip(file) {
    const preview = element("span", { class: "preview" });
    if (file.type.startsWith("image/")) {
      draw(file, say("picture", { name: file.name }), 48).then((canvas) => preview.append(canvas), () => {});
    } else preview.textContent = "PDF";
    const remove = element(
      "button",
      { type: "button", class: "icon", "aria-label": say("remove", { name: file.name }) },
      "×",
    );
    remove.addEventListener("click", () => {
      this.files = this.files.filter((one) => one !== file);
      this.showTray();
      this.text.focus();
    });
    return element("li", {}, preview, element("span", { class: "file-name" }, file.name), remove);
  }
}
