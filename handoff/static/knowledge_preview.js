// An answer as customers see it: LINE's own message objects, and the words of the web chat.

import { byId, el, fill } from "./dom.js";
import { t } from "./texts.js";

/** @typedef {{label: string, url?: string, tel?: string}} Button */
/** @typedef {{question: string, text: string, line: any[], buttons: Button[], channels: string[]}} Preview */

/** @type {Promise<any> | null} */
let chat = null;

/**
 * The web chat's own writing of answers, fetched once.
 * @param {string} address
 */
export function useMarkdown(address) {
  chat = address ? import(address) : null;
}

/** @param {any} message */
function lineBubble(message) {
  if (message.type !== "template") return el("div", { class: "bubble" }, message.text ?? "");
  const { text, actions } = message.template;
  return el(
    "div",
    { class: "bubble card-bubble" },
    el("div", { class: "card-words" }, text),
    ...actions.map((/** @type {Button} */ one) => el("div", { class: "action" }, one.label)),
  );
}

/** @param {Preview} preview */
async function webBubble(preview) {
  const bubble = el("div", { class: "bubble" });
  const module = chat ? await chat.catch(() => null) : null;
  if (module) bubble.append(module.renderAnswer(preview.text));
  else bubble.append(el("p", { class: "words" }, preview.text));
  for (const button of preview.buttons) bubble.append(el("div", { class: "action" }, button.label));
  return bubble;
}

let turn = 0;

/**
 * Show an answer in both channels.
 * @param {Preview | undefined} preview
 */
export async function showPreview(preview) {
  turn += 1;
  const mine = turn;
  if (!preview) return;
  const web = await webBubble(preview);
  if (mine !== turn) return;
  const silent = () => el("p", { class: "muted" }, t("knowledge.preview.none"));
  const shows = (/** @type {string} */ name) =>
    preview.channels.length === 0 || preview.channels.includes(name);
  fill(byId("preview-line"), ...(shows("line") ? preview.line.map(lineBubble) : [silent()]));
  fill(byId("preview-web"), shows("web") ? web : silent());
}

/**
 * One answer for the try-it box.
 * @param {Preview} preview
 */
export function answerBubble(preview) {
  return webBubble(preview);
}
