// The try-it box: what the bot would do with a question if the change were published.

import { change } from "./api.js";
import { byId, el, fill } from "./dom.js";
import { answerBubble } from "./knowledge_preview.js";
import { t } from "./texts.js";

/** @typedef {{kind: string, answer: any, sentences: string[], threshold: number | null, candidates: {id: string, question: string, variant: string, confidence: number}[]}} Tried */

/** @param {Tried["candidates"]} candidates */
function table(candidates) {
  return el(
    "table",
    { class: "candidates" },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("th", { scope: "col" }, t("knowledge.try.candidates")),
        el("th", { scope: "col", class: "number" }, t("knowledge.confidence")),
      ),
    ),
    el(
      "tbody",
      {},
      ...candidates.map((one) =>
        el(
          "tr",
          {},
          el("td", {}, one.question, " ", el("code", { class: "id" }, one.id)),
          el("td", { class: "number" }, one.confidence),
        ),
      ),
    ),
  );
}

/** @param {Tried} tried */
async function show(tried) {
  const mark = { answer: "✓", suggest: "？", fallback: "×" }[tried.kind] ?? "";
  const bubble = tried.answer ? await answerBubble(tried.answer) : null;
  fill(
    byId("try-result"),
    el("p", { class: "verdict" }, `${mark} ${t(`knowledge.kind.${tried.kind}`)}`),
    bubble,
    tried.candidates.length > 0 && table(tried.candidates),
    el("ul", { class: "reasons" }, ...tried.sentences.map((one) => el("li", {}, one))),
  );
}

/**
 * Ask whenever the box is sent, and again when the entry has changed.
 * @param {() => object} edit the change as it stands
 * @param {string} lang
 */
export function openTryBox(edit, lang) {
  const box = /** @type {HTMLInputElement} */ (byId("try-question"));
  let asked = "";
  async function ask() {
    if (!asked) return;
    const question = asked;
    const channel = byId("try-line").checked ? "line" : "web";
    fill(byId("try-result"), el("p", { class: "muted" }, t("knowledge.try.running")));
    try {
      const tried = await change("/knowledge/api/try", { ...edit(), question, channel, lang }, 60_000);
      if (question === asked) await show(tried);
    } catch (refusal) {
      const said = /** @type {Error} */ (refusal).message || t("knowledge.trouble");
      fill(byId("try-result"), el("p", { class: "muted" }, said));
    }
  }
  byId("try").addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    asked = box.value.trim();
    if (!asked) box.focus();
    void ask();
  });
  return ask;
}
