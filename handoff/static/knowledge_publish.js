// Before publishing: what the change does to customers' real questions, and what the check says.

import { change } from "./api.js";
import { byId, el, fill } from "./dom.js";
import { findingList } from "./knowledge_marks.js";
import { t } from "./texts.js";

/** @typedef {{kind: string, confidence: number, entries: string[]}} Outcome */
/** @typedef {{text: string, count: number, conversation_id: number, shift: string, verdict: string, before: Outcome, after: Outcome}} Shifted */
/** @typedef {import("./knowledge_marks.js").Report} Report */

const VERDICTS = /** @type {const} */ (["worse", "better", "unknown"]);
const MARKS = { worse: "▼", better: "▲", unknown: "◆" };

/** @param {Outcome} outcome */
function told(outcome) {
  const entries = outcome.entries.join("、");
  if (outcome.kind === "answer") {
    return t("knowledge.after.answer", { entry: entries, n: outcome.confidence });
  }
  return outcome.kind === "suggest" && entries
    ? t("knowledge.after.suggest", { entry: entries })
    : t("knowledge.after.fallback");
}

/** @param {Shifted} one */
function shift(one) {
  return el(
    "li",
    {},
    el("strong", {}, one.text),
    one.count > 1 && el("span", { class: "muted" }, ` ×${one.count}`),
    one.conversation_id > 0 && " ",
    one.conversation_id > 0 &&
      el("a", { href: `/desk?c=${one.conversation_id}`, target: "_blank" }, t("knowledge.talk")),
    el("div", { class: "from" }, `${t("knowledge.before")}: ${told(one.before)}`),
    el("div", {}, `→ ${told(one.after)}`),
  );
}

/**
 * @param {string} title
 * @param {Shifted[]} list
 * @param {boolean} open
 */
function group(title, list, open) {
  if (list.length === 0) return null;
  const summary = el("summary", {}, `${title} (${list.length})`);
  return el("details", { open }, summary, el("ul", { class: "shifts" }, ...list.map(shift)));
}

/** @param {any} replay */
function replayed(replay) {
  const answers = replay.changes.filter((/** @type {Shifted} */ one) => one.shift !== "offered");
  const offered = replay.changes.filter((/** @type {Shifted} */ one) => one.shift === "offered");
  return el(
    "section",
    { id: "replay" },
    el("p", { class: "headline" }, replay.headline),
    replay.tried > 0 &&
      el("p", { class: "muted" }, t("knowledge.replay.tried", { n: replay.tried, days: replay.days })),
    replay.taken_from.length > 0 &&
      el(
        "p",
        {},
        t("knowledge.replay.taken"),
        " ",
        replay.taken_from
          .map((/** @type {any} */ one) => `${one.question} (${one.count})`)
          .join("、"),
      ),
    ...VERDICTS.map((verdict) =>
      group(
        `${MARKS[verdict]} ${t(`knowledge.verdict.${verdict}`)}`,
        answers.filter((/** @type {Shifted} */ one) => one.verdict === verdict),
        verdict === "worse",
      ),
    ),
    group(t("knowledge.replay.offered"), offered, false),
    replay.more > 0 && el("p", { class: "muted" }, t("knowledge.replay.more", { n: replay.more })),
  );
}

/** @param {string[]} lines */
function difference(lines) {
  const rows = lines.slice(0, 400).map((text) => {
    if (text.startsWith("+++") || text.startsWith("---")) return el("p", { class: "gap" }, text);
    const tag = text.startsWith("+") ? "ins" : text.startsWith("-") ? "del" : "p";
    const word = { ins: t("knowledge.added"), del: t("knowledge.removed"), p: "" }[tag];
    return el(tag, {}, el("span", { class: "visually-hidden" }, word), text);
  });
  const box = el("div", { class: "diff", tabindex: "0", role: "region" }, ...rows);
  box.setAttribute("aria-label", t("knowledge.diff"));
  return el("details", {}, el("summary", {}, t("knowledge.diff")), box);
}

/**
 * @param {Report} report
 * @param {boolean} deletes
 */
function complaints(report, deletes) {
  const parts = [];
  if (report.errors.length) {
    parts.push(el("p", { class: "said bad" }, t(deletes ? "knowledge.delete.blocked" : "knowledge.publish.blocked")), findingList(report.errors));
  }
  if (report.failed.length) {
    parts.push(el("p", { class: "said bad" }, t("knowledge.publish.failed")), findingList(report.failed));
  }
  return parts;
}

function reasonField() {
  return el(
    "label",
    { class: "field" },
    t("knowledge.reason"),
    el("textarea", { id: "reason", rows: 2, maxlength: 500, required: true }),
  );
}

/**
 * Show what a change does; resolves with the reason once it is to be published, else with null.
 * @param {object} edit
 * @param {boolean} deletes
 * @returns {Promise<{reason: string} | null>}
 */
export async function confirmPublish(edit, deletes) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("publish-dialog"));
  const title = el("h2", { id: "publish-title" }, t(deletes ? "knowledge.delete" : "knowledge.publish"));
  fill(dialog, title, el("p", { role: "status" }, t("knowledge.replay.running")));
  dialog.returnValue = "";
  if (!dialog.open) dialog.showModal();
  /** @type {any} */
  let found;
  try {
    found = await change("/knowledge/api/replay", edit, 120_000);
  } catch (refusal) {
    dialog.close();
    throw refusal;
  }
  if (!dialog.open) return null;
  // it may have changed while this page was open
  const stale = found.stale && !deletes;
  byId("stale").hidden = !found.stale;
  const needsReason = found.report.needs_reason;
  const close = el("button", { type: "button", class: "button", onclick: () => dialog.close() }, t("cancel"));
  const go = el(
    "button",
    { class: deletes ? "button danger" : "button primary", value: "go" },
    t(deletes ? "knowledge.delete.go" : "knowledge.publish.go"),
  );
  const form = el(
    "form",
    { method: "dialog", class: "stack" },
    stale && el("p", { class: "said note", id: "publish-stale" }, t("knowledge.stale.publish")),
    ...complaints(found.report, deletes),
    found.replay && replayed(found.replay),
    difference(found.diff),
    needsReason && reasonField(),
    el("div", { class: "buttons" }, close, !found.report.blocked && go),
  );
  fill(dialog, title, form);
  (found.report.blocked ? close : go).focus();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        const reason = /** @type {HTMLTextAreaElement | null} */ (form.querySelector("#reason"));
        resolve(dialog.returnValue === "go" ? { reason: reason?.value.trim() ?? "" } : null);
      },
      { once: true },
    );
  });
}
