// The change as it stands on this page: kept as a draft by itself, and checked while it grows.

import { change } from "./api.js";
import { byId } from "./dom.js";
import { readForm, writeForm } from "./knowledge_form.js";
import { decideMerge, keyName } from "./knowledge_merge.js";
import { t } from "./texts.js";

const QUIET_MS = 900;
/** Without a connection it is tried again. */
const AGAIN_MS = 5_000;
/** The whole folder is checked: a large one takes its time. */
const LONG_MS = 120_000;
const ID = /^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$/;

/** What the page holds. */
export class Keeper {
  /**
   * @param {any} start
   * @param {{looked: (found: any) => void, checked: (found: any) => void}} told
   */
  constructor(start, told) {
    this.start = start;
    this.id = start.id;
    this.values = start.values;
    this.seen = start.seen;
    this.seenText = start.seen_text;
    this.mode = "form";
    this.dirty = false;
    this.wantsCheck = false;
    this.checking = false;
    this.told = told;
    this.timer = 0;
    this.edits = 0;
    /** @type {Promise<unknown>} one thing at a time */
    this.chain = Promise.resolve();
  }

  /** The change as the server takes it. */
  edit() {
    const file = document.getElementById("f-file");
    const head = {
      id: this.id,
      kind: this.start.kind,
      file: file instanceof HTMLSelectElement ? file.value : "",
    };
    if (this.mode === "yaml") return { ...head, text: byId("text").value };
    const values = readForm(this.values);
    return { ...head, values: { ...values, id: this.id } };
  }

  /** All that this page holds and the server does not. */
  written() {
    return { ...this.edit(), mode: this.mode, seen: this.seen, seen_text: this.seenText };
  }

  /**
   * What was written before the login ended; it is kept as a draft as if written now.
   * @param {any} written
   */
  bringBack(written) {
    this.id = written.id;
    this.seen = written.seen;
    this.seenText = written.seen_text;
    for (const [name, value] of [["f-id", written.id], ["f-file", written.file]]) {
      const box = document.getElementById(name);
      if (box instanceof HTMLInputElement || box instanceof HTMLSelectElement) box.value = value;
    }
    if (written.mode === "yaml") {
      byId("text").value = written.text;
      this.setMode("yaml");
    } else this.show(written.values);
    this.touched();
  }

  /** Something was written. */
  touched() {
    this.dirty = true;
    this.wantsCheck = true;
    this.edits += 1;
    this.say(t("knowledge.unsaved"));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.sync(), QUIET_MS);
  }

  /** @param {string} text */
  say(text) {
    byId("saved").textContent = text;
  }

  /** @param {string} text */
  complain(text) {
    const box = byId("trouble");
    box.hidden = !text;
    box.textContent = text;
  }

  /**
   * Keep and check what stands here, after whatever is under way.
   * @returns {Promise<boolean>} whether it is kept
   */
  sync() {
    clearTimeout(this.timer);
    const done = this.chain.then(() => this.syncNow());
    this.chain = done.catch(() => undefined);
    return done;
  }

  async syncNow() {
    const kept = this.dirty ? await this.save() : true;
    await this.look();
    // seconds for the whole folder: nothing waits for it
    if (this.wantsCheck) void this.check();
    return kept;
  }

  /** Too little to be kept: a new entry has a name and a question first. */
  isBare() {
    if (this.start.kind !== "new" || this.mode === "yaml") return false;
    const question = /** @type {HTMLInputElement} */ (byId("f-question")).value.trim();
    return !question || !this.isNamed();
  }

  isNamed() {
    return ID.test(this.id);
  }

  async save() {
    if (this.isBare()) return false;
    const edits = this.edits;
    const edit = this.edit();
    this.say(t("knowledge.saving"));
    try {
      this.took(await change("/knowledge/api/draft", { ...edit, seen: this.seen, seen_text: this.seenText }));
    } catch (refusal) {
      return this.refused(/** @type {any} */ (refusal));
    }
    // what was typed meanwhile is not kept yet
    this.dirty = this.edits !== edits;
    if (this.dirty) this.touched();
    return true;
  }

  /** @param {any} draft */
  took(draft) {
    this.seen = draft.version;
    this.seenText = draft.text;
    this.complain("");
    this.say(t("knowledge.saved", { when: draft.at }));
    byId("discard").hidden = false;
    byId("stale").hidden = !draft.stale;
    if (this.start.kind === "new") history.replaceState(null, "", `/knowledge/e/${this.id}`);
  }

  /**
   * @param {any} refusal
   * @returns {Promise<boolean>}
   */
  async refused(refusal) {
    if (refusal.code === "draft_moved") return this.bringTogether(refusal.body);
    this.say(t("knowledge.unsaved"));
    this.complain(refusal.message || t("knowledge.trouble"));
    if (refusal.status === 0) this.timer = setTimeout(() => void this.sync(), AGAIN_MS);
    return false;
  }

  /**
   * A colleague saved meanwhile: take both changes, and ask where they contradict each other.
   * @param {any} body
   * @returns {Promise<boolean>}
   */
  async bringTogether({ draft, merge }) {
    if (!draft || !merge) {
      this.say(t("knowledge.unsaved"));
      this.complain(t(draft ? "knowledge.moved.text" : "knowledge.moved.gone"));
      // the next saving begins a draft of its own; what was published meanwhile is merged into it
      this.seen = draft ? draft.version : 0;
      if (draft) this.seenText = draft.text;
      return false;
    }
    this.say(t("knowledge.unsaved"));
    const values = await decideMerge(merge, draft.author);
    if (values === null) return false;
    this.seen = draft.version;
    this.seenText = draft.text;
    this.show(values);
    const kept = await this.save();
    const keys = merge.theirs.map(keyName).join("、");
    if (kept) this.say(t("knowledge.merged", { who: draft.author, keys }));
    return kept;
  }

  /**
   * These values from now on, in the form.
   * @param {Record<string, any>} values
   */
  show(values) {
    this.values = values;
    writeForm(values);
    this.setMode("form");
    this.dirty = true;
    this.edits += 1;
  }

  /** @param {string} mode */
  setMode(mode) {
    this.mode = mode;
    byId("form").hidden = mode !== "form";
    byId("yaml").hidden = mode !== "yaml";
    byId("mode-form").setAttribute("aria-pressed", String(mode === "form"));
    byId("mode-yaml").setAttribute("aria-pressed", String(mode === "yaml"));
  }

  /** What can be told at once: the other form, the previews, the first findings. */
  async look() {
    if (this.isBare()) return;
    const edits = this.edits;
    try {
      const found = await change("/knowledge/api/look", this.edit());
      if (edits === this.edits) this.told.looked(found);
    } catch (refusal) {
      const one = /** @type {any} */ (refusal);
      if (edits === this.edits) this.complain(one.message || t("knowledge.trouble"));
    }
  }

  /** The whole folder, one check at a time; what was written meanwhile is checked after it. */
  async check() {
    if (this.checking || this.isBare()) return;
    this.checking = true;
    const edits = this.edits;
    try {
      const found = await change("/knowledge/api/check", this.edit(), LONG_MS);
      if (edits === this.edits) {
        this.wantsCheck = false;
        this.told.checked(found);
      }
    } catch {
      // told where it matters: at publishing
      this.wantsCheck = false;
    } finally {
      this.checking = false;
    }
    if (edits !== this.edits && !this.dirty) void this.check();
  }
}
