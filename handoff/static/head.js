// The line above a conversation: its reference, its state, who else is here, what can be done.

import { byId, el, fill } from "./dom.js";
import { chip } from "./list.js";
import { now, stretch, t } from "./texts.js";
import { tell } from "./ask.js";

/** @typedef {{name: string, key?: string, primary?: boolean}} Act */

/** Which acts are offered, the primary one first. @type {Act[]} */
const ACTS = [
  { name: "claim", primary: true },
  { name: "reopen", primary: true },
  { name: "resolve", key: "Alt+E", primary: true },
  { name: "transfer" },
  { name: "release" },
  { name: "review_done" },
];

/**
 * @param {any} detail
 * @param {Record<string, (...values: any[]) => void>} acts
 */
export function showHead(detail, acts) {
  const { conversation } = detail;
  fill(byId("reference"), conversation.reference);
  byId("copy").onclick = () => copy(conversation.reference);
  fill(byId("head-name"), conversation.name || t("customer.unnamed"));
  fill(byId("head-chips"), ...states(conversation));
  const offered = ACTS.filter((act) => detail.may[act.name]);
  const firstPrimary = offered.find((act) => act.primary);
  fill(
    byId("acts"),
    ...offered.map((act) =>
      el(
        "button",
        {
          type: "button",
          class: act === firstPrimary ? "button primary" : "button",
          "data-act": act.name,
          title: act.key ?? null,
          onclick: () => acts[act.name](),
        },
        t(`act.${act.name}`),
      ),
    ),
  );
}

/** @param {any} conversation */
function states(conversation) {
  const kept = [];
  const open = conversation.state === "waiting" || conversation.state === "assigned";
  if (conversation.urgent && open) kept.push(chip("▲ " + t("chip.urgent"), "danger"));
  if (conversation.state === "waiting") {
    kept.push(chip(t("chip.waiting", { span: stretch(now() - conversation.waiting_since) }), "warn"));
  } else if (conversation.state === "assigned") {
    kept.push(chip(t("head.owner", { name: conversation.agent_name })));
  } else {
    kept.push(chip(t(`state.${conversation.state}`)));
  }
  if (conversation.review) kept.push(chip("◆ " + t("chip.review"), "warn"));
  if (!conversation.reachable) kept.push(chip("× " + t("chip.unreachable"), "danger"));
  return kept;
}

/**
 * Colleagues who look at it or write, and the customer writing.
 * @param {string[]} typing
 * @param {string[]} viewing
 * @param {boolean} customerTypes
 */
export function showViewers(typing, viewing, customerTypes) {
  const lines = [];
  if (customerTypes) lines.push("… " + t("customer.typing"));
  if (typing.length) lines.push("✎ " + t("colleague.typing", { names: typing.join("、") }));
  if (viewing.length) lines.push("◉ " + t("colleague.viewing", { names: viewing.join("、") }));
  fill(byId("viewers"), ...lines.map((line) => el("span", {}, line)));
}

/** @param {string} reference */
async function copy(reference) {
  try {
    await navigator.clipboard.writeText(reference);
    tell(t("copied", { reference }));
  } catch {
    // plain http has no clipboard: select it, so that one key copies it
    getSelection()?.selectAllChildren(byId("reference"));
    tell(t("copy.by_hand"));
  }
}
