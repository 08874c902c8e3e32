// Writing: one draft a conversation, kept while the tab lives; sent once, however often pressed.

import { change, Refusal } from "./api.js";
import { byId, freshId } from "./dom.js";
import { draftOf, hasDraft, keepDraft, setting } from "./remember.js";
import { t } from "./texts.js";

const TYPING_EVERY_MS = 4_000;

export class Composer {
  /**
   * @param {{seenSeq: () => number, refresh: () => Promise<void>, said: () => void, newer: () => void, pushesLeft: () => number | null, typing: (id: number) => void, drafted: () => void}} port
   */
  constructor(port) {
    this.port = port;
    this.id = 0;
    /** @type {"reply" | "note"} */
    this.mode = "reply";
    this.mayReply = false;
    this.blocked = "";
    /** messages after this seq arrived while we wrote; 0: none */
    this.newFrom = 0;
    this.sending = false;
    this.typedAt = 0;
    this.field = /** @type {HTMLTextAreaElement} */ (byId("field"));
    this.button = /** @type {HTMLButtonElement} */ (byId("send"));
    this.field.addEventListener("input", () => this.typed());
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    byId("compose").addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      this.send();
    });
    byId("mode-reply").addEventListener("click", () => this.choose("reply"));
    byId("mode-note").addEventListener("click", () => this.choose("note"));
  }

  /**
   * Show the draft of this conversation.
   * @param {number} id
   * @param {boolean} mayReply
   * @param {string} blocked what stands in the way of a reply
   */
  open(id, mayReply, blocked) {
    this.blocked = blocked;
    const moved = id !== this.id;
    this.id = id;
    if (moved) {
      this.field.readOnly = false;
      this.newFrom = 0;
      this.draft = draftOf(id);
      this.say("");
    }
    const waits = this.mode === "reply" && !mayReply && this.field.placeholder !== blocked;
    if (moved || mayReply !== this.mayReply || waits) {
      this.mayReply = mayReply;
      this.choose(moved ? "reply" : this.mode, false);
    }
  }

  /** Until the next conversation is there nothing is written: it would go to the last one. */
  leave() {
    this.id = 0;
    this.draft = undefined;
    this.field.value = "";
    this.field.readOnly = true;
    this.show();
  }

  /**
   * @param {"reply" | "note"} mode
   * @param {boolean} [focus]
   */
  choose(mode, focus = true) {
    this.mode = mode;
    for (const name of ["reply", "note"]) {
      byId(`mode-${name}`).setAttribute("aria-pressed", String(name === mode));
    }
    byId("compose").classList.toggle("noting", mode === "note");
    this.field.value = (mode === "note" ? this.draft?.note : this.draft?.text) ?? "";
    const blocked = mode === "reply" && !this.mayReply;
    this.field.placeholder = blocked ? this.blocked : t(`compose.${mode}`);
    this.field.setAttribute("aria-label", t(`compose.label.${mode}`));
    this.show();
    if (focus) this.field.focus();
  }

  /** Button and hint follow what can be done now. */
  show() {
    const blocked = this.mode === "reply" && !this.mayReply;
    const confirm = this.mode === "reply" && this.newFrom > 0;
    this.button.textContent = this.sending
      ? t("compose.sending")
      : t(this.mode === "note" ? "compose.keep_note" : confirm ? "compose.confirm" : "compose.send");
    // aria-disabled keeps the button focusable, so that the keyboard's place is not lost
    this.button.setAttribute("aria-disabled", String(blocked || this.sending || !this.field.value.trim()));
    byId("compose-newer").hidden = !confirm;
    const left = this.mode === "reply" && this.mayReply ? this.port.pushesLeft() : null;
    byId("compose-left").textContent = left === null ? "" : t("compose.left", { n: left });
    byId("compose-hint").textContent = t(
      setting("enter", "ctrl") === "enter" ? "compose.hint.enter" : "compose.hint.ctrl",
    );
  }

  typed() {
    if (!this.draft) return;
    if (this.mode === "note") this.draft.note = this.field.value;
    else this.draft.text = this.field.value;
    const had = hasDraft(this.id);
    keepDraft(this.id, this.draft);
    if (had !== hasDraft(this.id)) this.port.drafted();
    this.show();
    if (this.mode === "reply" && this.mayReply && Date.now() - this.typedAt > TYPING_EVERY_MS) {
      this.typedAt = Date.now();
      this.port.typing(this.id);
    }
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    // 229 and isComposing: the Enter that ends a Japanese conversion sends nothing
    if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
    const wanted = setting("enter", "ctrl") === "enter" ? !event.shiftKey : event.ctrlKey || event.metaKey;
    if (!wanted) return;
    event.preventDefault();
    this.send();
  }

  async send() {
    const draft = this.draft;
    const mode = this.mode;
    const id = this.id;
    if (!draft || this.sending || this.button.getAttribute("aria-disabled") === "true") return;
    const text = (mode === "note" ? draft.note : draft.text).trim();
    const seen = this.port.seenSeq();
    this.sending = true;
    this.say("");
    this.show();
    try {
      if (mode === "note") {
        await change(`/desk/api/conversations/${id}/note`, { text, client_id: draft.note_id });
        draft.note = "";
        draft.note_id = freshId();
      } else {
        await change(`/desk/api/conversations/${id}/reply`, {
          text,
          client_id: draft.client_id,
          seen_seq: seen,
        });
        draft.text = "";
        draft.client_id = freshId();
      }
      keepDraft(id, draft);
      this.newFrom = 0;
      if (this.id === id) this.field.value = "";
      await this.port.refresh();
      this.port.said();
      if (mode === "note" && this.mayReply) this.choose("reply");
    } catch (error) {
      await this.refused(error, seen);
    } finally {
      this.sending = false;
      this.show();
    }
  }

  /**
   * The draft stays; what stands in the way is shown beside it.
   * @param {unknown} error
   * @param {number} seen
   */
  async refused(error, seen) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === "newer_messages") {
      this.newFrom = seen;
      await this.port.refresh();
      this.port.newer();
      this.field.focus();
    } else if (error.code === "not_yours" || error.code === "not_open") {
      await this.port.refresh();
      this.say(error.message);
    } else if (error.code === "already_used") {
      // the same form with another text: the first was sent; what stands here is a new draft
      if (this.draft) this.draft.client_id = freshId();
      await this.port.refresh();
      this.say(t("compose.already"));
    } else if (error.status === 0) {
      this.say(t("compose.offline"));
    } else {
      this.say(error.message || t("compose.failed"));
    }
  }

  /** @param {string} text */
  say(text) {
    byId("compose-said").textContent = text;
  }
}
