// Puts the chat together: storage or host page, the line, the transcript, the composer.

import { Announcements } from "./announcements.js";
import { Composer } from "./composer.js";
import { Connection, newId } from "./connection.js";
import { byId, element, sizeOf } from "./dom.js";
import { upload } from "./files.js";
import { renderWords } from "./markdown.js";
import { Suggestions } from "./suggestions.js";
import { Host, openVault } from "./vault.js";
import { View } from "./view.js";
import { lang, say } from "./words.js";

/** @typedef {import("./connection.js").Frame} Frame */
/** @typedef {import("./view.js").Action} Action */
/** @typedef {import("./view.js").Said} Said */

const OFFLINE_AFTER_MS = 1500;
const TYPING_SHOWN_MS = 6000;
/** A hello takes at most this long before the transcript is read aloud as it grows. */
const QUIET_MS = 1500;

const config = JSON.parse(document.body.dataset.config ?? "{}");
const title = document.title;

class Chat {
  /**
   * @param {import("./vault.js").Vault} vault
   * @param {Host | null} host
   * @param {{ open: boolean, site: string }} about
   */
  constructor(vault, host, about) {
    this.vault = vault;
    this.host = host;
    this.open = about.open;
    this.connection = new Connection(vault, { lang, site: about.site });
    this.view = new View(this.connection, (action) => this.choose(action));
    this.composer = new Composer(config.upload_max, {
      send: (text, files) => this.send(text, files),
      typing: (on) => this.connection.mention({ type: "typing", on }),
    });
    this.suggestions = new Suggestions(this.composer.text, {
      token: () => vault.get("token") ?? "",
      choose: (one) => {
        this.composer.empty();
        this.choose(one);
      },
    });
    this.announcements = new Announcements(vault);
    this.seen = Number(vault.get("read") ?? 0);
    this.toldRead = 0;
    /** @type {Set<number>} */
    this.unread = new Set();
    this.offlineTimer = 0;
    this.typingTimer = 0;
    this.connection.onframe = (frame) => this.take(frame);
    this.connection.onstatus = (up) => this.showStatus(up);
    this.connection.onfate = (id, fate, seq) => this.settle(id, fate, seq);
    for (const waiting of this.connection.queue) {
      this.view.addPending(waiting.client_id, renderWords(waiting.text ?? waiting.label ?? "", false));
      this.view.setStatus(waiting.client_id, say("retrying"));
    }
    this.listen();
    this.connection.start();
  }

  listen() {
    byId("human").addEventListener("click", () => this.choose({ label: say("human"), code: "human" }));
    byId("viewer-close").addEventListener("click", () => this.viewer().close());
    document.addEventListener("visibilitychange", () => this.noteRead());
    byId("close").addEventListener("click", () => this.host?.tell({ type: "close" }));
    addEventListener("keydown", (event) => {
      // Escape that ends a composition or closes the picture is not meant for the chat
      if (event.key !== "Escape" || event.isComposing || this.viewer().open) return;
      this.host?.tell({ type: "close" });
    });
    if (this.host) this.host.onnote = (note) => this.obey(note);
  }

  viewer() {
    return /** @type {HTMLDialogElement} */ (byId("viewer"));
  }

  /** What the page around our frame wants. @param {import("./vault.js").Note} note */
  obey(note) {
    if (note.type === "open" || note.type === "closed") {
      this.open = note.type === "open";
      if (this.open) {
        this.view.toEnd();
        // on a phone the keyboard would cover what one came to read
        const phone = matchMedia("(pointer: coarse)").matches;
        if (note.focus) (phone ? byId("name") : this.composer.text).focus();
      }
      this.noteRead();
    }
  }

  // --- in

  /** @param {Frame} frame */
  take(frame) {
    switch (frame.type) {
      case "reset":
        return this.view.reset();
      case "welcome":
        this.view.erase(frame.erased);
        setTimeout(() => this.view.scroller.setAttribute("aria-live", "polite"), QUIET_MS);
        return;
      case "events":
        return this.show(frame.events);
      case "erased":
        return this.view.erase(frame.seqs);
      case "state":
        return this.showState(frame);
      case "typing":
        return this.showTyping(frame.on);
      case "slow":
        return this.showHeld();
    }
  }

  /** @param {Said[]} events */
  show(events) {
    this.view.add(events);
    for (const said of events) {
      // acknowledged in another tab, or before the acknowledgement was lost
      if (said.client_id) this.connection.forget(said.client_id);
      else if (said.seq > this.seen) this.unread.add(said.seq);
      if (said.from !== "customer") this.showTyping(false);
    }
    this.connection.pump();
    this.noteRead();
  }

  isWatched() {
    return this.open && document.visibilityState === "visible";
  }

  noteRead() {
    if (this.isWatched() && this.connection.seq > this.seen) {
      this.seen = this.connection.seq;
      this.vault.put("read", String(this.seen));
    }
    if (this.isWatched()) this.unread.clear();
    if (this.seen > this.toldRead && this.connection.ready && this.isWatched()) {
      this.toldRead = this.seen;
      this.connection.mention({ type: "read", seq: this.seen });
    }
    document.title = this.unread.size ? say("unread", { n: this.unread.size }) + title : title;
    this.host?.tell({ type: "unread", count: this.unread.size });
  }

  /** @param {Frame} state */
  showState(state) {
    const out = state.front === "closed" && state.answering === "waiting";
    const who = {
      bot: say("whoBot"),
      closed: say("whoBot"),
      waiting: say(out ? "whoOut" : "whoWaiting"),
      agent: state.agent ? say("whoAgentNamed", { name: state.agent }) : say("whoAgent"),
    }[/** @type {"bot"} */ (state.answering)];
    byId("who").textContent = who ?? "";
    byId("who").dataset.answering = state.answering;
    /** @type {(Node | string)[]} */
    const more = [];
    // while closed nobody moves on: the next opening says more than a place
    if (state.position && !out) more.push(say("place", { n: state.position }));
    if (state.wait) more.push(say("wait", { wait: state.wait }));
    if (state.hours) more.push(state.hours);
    if (state.phone) {
      const dial = `tel:${state.phone.replace(/[^+\d]/g, "")}`;
      more.push(element("a", { href: dial }, say("phone", { phone: state.phone })));
    }
    const detail = byId("detail");
    detail.replaceChildren(...more.flatMap((part, index) => (index ? [" · ", part] : [part])));
    detail.hidden = more.length === 0;
    const people = ["agent", "waiting"].includes(state.answering);
    byId("human").hidden = people;
    this.suggestions.pause(people);
    byId("reference").textContent = state.reference ? say("reference", { reference: state.reference }) : "";
    this.view.mark(state.read_seq ?? 0);
    this.announcements.show(state.announcements ?? []);
  }

  /** @param {boolean} on */
  showTyping(on) {
    clearTimeout(this.typingTimer);
    byId("typing").hidden = !on;
    if (!on) return;
    if (this.view.isAtEnd()) this.view.toEnd();
    this.typingTimer = setTimeout(() => this.showTyping(false), TYPING_SHOWN_MS);
  }

  /** @param {boolean} up */
  showStatus(up) {
    clearTimeout(this.offlineTimer);
    if (up) {
      byId("offline").hidden = true;
      this.noteRead();
    } else {
      this.offlineTimer = setTimeout(() => this.showOffline(), OFFLINE_AFTER_MS);
    }
  }

  showOffline() {
    byId("offline").hidden = false;
    this.showWaiting();
  }

  /** Too many at once: say so for as long as it holds. */
  showHeld() {
    if (!this.connection.isHeld()) return;
    this.showWaiting();
    this.composer.showNotice(say("slow"));
  }

  showWaiting() {
    for (const { client_id } of this.connection.queue) this.view.setStatus(client_id, say("retrying"));
  }

  // --- out

  /**
   * @param {string} text
   * @param {File[]} files
   */
  send(text, files) {
    this.suggestions.clear();
    if (text) {
      const client_id = newId();
      this.view.addPending(client_id, renderWords(text, false));
      if (!byId("offline").hidden) this.view.setStatus(client_id, say("retrying"));
      this.connection.say({ type: "send", client_id, text, at: Date.now() });
      this.showHeld();
    }
    void this.sendFiles(files.map((file) => ({ clientId: newId(), file })));
  }

  /** One after the other, so that they stay in order. @param {{ clientId: string, file: File }[]} parcels */
  async sendFiles(parcels) {
    for (const { clientId, file } of parcels) {
      const name = element("span", { class: "file-name" }, file.name);
      const size = element("span", { class: "file-size" }, sizeOf(file.size));
      this.view.addPending(clientId, element("div", { class: "file" }, name, size));
    }
    for (const { clientId, file } of parcels) await this.sendFile(clientId, file);
  }

  /** @param {Action} action */
  choose(action) {
    const client_id = newId();
    this.view.addPending(client_id, renderWords(action.label, false));
    const { code = "", label } = action;
    this.connection.say({ type: "choice", client_id, code, label, at: Date.now() });
    // the tapped button is gone or spent: the focus must not fall to nowhere
    const phone = matchMedia("(pointer: coarse)").matches;
    (phone ? this.view.scroller : this.composer.text).focus({ preventScroll: true });
  }

  /**
   * @param {string} clientId
   * @param {File} file
   */
  async sendFile(clientId, file) {
    const told = await upload(this.connection, clientId, file, (share) =>
      this.view.setStatus(clientId, say("uploading", { percent: Math.round(share * 100) })),
    );
    if (told?.type === "ack") return this.settle(clientId, "sent", told.seq);
    this.view.setStatus(clientId, say("failed"), [
      [say("again"), () => void this.sendFile(clientId, file)],
      [say("discard"), () => this.view.drop(clientId)],
    ]);
  }

  /**
   * @param {string} clientId
   * @param {"sent" | "late" | "failed"} fate
   * @param {number | null} [seq]
   */
  settle(clientId, fate, seq) {
    if (fate === "late") return this.view.setStatus(clientId, say("retrying"));
    if (fate === "failed") {
      return this.view.setStatus(clientId, say("failed"), [
        [say("discard"), () => this.view.drop(clientId)],
      ]);
    }
    this.composer.showNotice("");
    // its event takes the place of what was shown at once; without a seq there will be none
    if (seq && this.view.shown.has(seq)) this.view.drop(clientId);
    else this.view.setStatus(clientId, "");
  }
}

async function boot() {
  document.body.classList.add("live");
  if (config.embed && parent !== window) {
    const host = new Host(config.parents);
    const { vault, open, site } = await host.meet();
    byId("close").hidden = host.origin === "";
    new Chat(vault, host, { open, site });
  } else {
    new Chat(openVault(), null, { open: true, site: "" });
  }
}

void boot();
