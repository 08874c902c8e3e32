// Under each message of the bot: why it was said, fetched when somebody wants to know.

import { read, Refusal } from "./api.js";
import { el, fill } from "./dom.js";
import { chip } from "./list.js";
import { view } from "./state.js";
import { t } from "./texts.js";

/** @param {any} item a message of the bot with its stored decision */
export function renderWhy(item) {
  const why = item.why;
  const kind = why.facts.find((/** @type {{name: string}} */ fact) => fact.name === "decision");
  const head = why.entry
    ? t("why.answered", { entry: why.entry, confidence: why.confidence ?? "–" })
    : t(kind?.value ? `decision.${kind.value}` : "why.none");
  const reasons = el("div", { class: "reasons", "aria-live": "polite" }, ...stored(why));
  let asked = false;
  return el(
    "details",
    {
      class: "why",
      ontoggle: (/** @type {Event} */ event) => {
        const opened = event.target instanceof HTMLDetailsElement && event.target.open;
        if (!opened || asked) return;
        asked = true;
        explain(item, reasons).catch((error) => {
          // what is stored stays in place, and opening it again asks again
          asked = false;
          if (!(error instanceof Refusal)) throw error;
        });
      },
    },
    el("summary", {}, t("why.title"), " ", el("span", { class: "muted" }, head)),
    reasons,
    why.candidates.length ? candidates(why) : null,
  );
}

/**
 * @param {any} item
 * @param {Element} reasons
 */
async function explain(item, reasons) {
  const told = await read(`/desk/api/conversations/${view.openId}/messages/${item.id}/why`);
  const [conclusion, ...rest] = told.sentences;
  fill(
    reasons,
    el("p", { class: "conclusion" }, conclusion),
    el("ul", {}, ...rest.map((/** @type {string} */ sentence) => el("li", {}, sentence))),
    told.knowledge_version
      ? el("p", { class: "muted" }, `${t("why.fact.version")}: ${told.knowledge_version}`)
      : null,
  );
}

/** @param {any} why */
function stored(why) {
  return why.facts.map((/** @type {{name: string, value: string}} */ fact) =>
    el(
      "p",
      { class: "muted" },
      `${t(`why.fact.${fact.name}`)}: ${fact.name === "decision" ? t(`decision.${fact.value}`) : fact.value}`,
    ),
  );
}

/** @param {any} why */
function candidates(why) {
  return el(
    "table",
    {},
    el("caption", { class: "visually-hidden" }, t("why.candidates")),
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("th", { scope: "col" }, t("why.entry")),
        el("th", { scope: "col", class: "number" }, t("why.confidence")),
      ),
    ),
    el(
      "tbody",
      {},
      ...why.candidates.map((/** @type {any} */ one) =>
        el(
          "tr",
          {},
          el(
            "td",
            {},
            one.question || one.id,
            one.rejected ? chip("× " + t("why.rejected")) : null,
          ),
          el("td", { class: "number" }, one.confidence ?? "–"),
        ),
      ),
    ),
  );
}
