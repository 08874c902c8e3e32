// The small Markdown of our own answers: **bold**, lists and links, built as nodes.

import { element, isWebAddress, link } from "./dom.js";

// an address ends before the punctuation of the sentence around it
const URL_WORDS = "https?:\\/\\/[^\\s<>\"'、。」）)\\]]*[^\\s<>\"'、。」）)\\].,:;!?]";
const INLINE = new RegExp(
  `\\*\\*([^*\\n]+)\\*\\*|\\[([^\\]\\n]+)\\]\\((https?:\\/\\/[^\\s)]+)\\)|(${URL_WORDS})`,
  "g",
);
const ADDRESS = new RegExp(URL_WORDS, "g");
const BULLET = /^\s*[-*]\s+(.*)$/;
const NUMBER = /^\s*(\d{1,3})[.)]\s+(.*)$/;

/**
 * Words of one line, with bold parts and links.
 * @param {string} text
 * @returns {(Node | string)[]}
 */
function inline(text) {
  /** @type {(Node | string)[]} */
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(INLINE)) {
    parts.push(text.slice(from, found.index));
    from = found.index + found[0].length;
    const [all, bold, label, target, bare] = found;
    const address = target ?? bare;
    if (bold !== undefined) parts.push(element("strong", {}, bold));
    else if (isWebAddress(address)) parts.push(link(address, label ?? bare));
    else parts.push(all);
  }
  parts.push(text.slice(from));
  return parts;
}

/**
 * An answer of ours.
 * @param {string} text
 */
export function renderAnswer(text) {
  const out = document.createDocumentFragment();
  /** @type {HTMLElement | null} */
  let open = null;
  for (const line of text.replace(/\s+$/, "").split("\n")) {
    const bullet = BULLET.exec(line);
    const number = bullet ? null : NUMBER.exec(line);
    if (bullet || number) {
      const tag = bullet ? "UL" : "OL";
      if (open?.tagName !== tag) {
        open = element(tag.toLowerCase(), number ? { start: number[1] } : {});
        out.append(open);
      }
      open.append(element("li", {}, ...inline(bullet ? bullet[1] : /** @type {RegExpExecArray} */ (number)[2])));
    } else if (open?.tagName === "P" && line.trim()) {
      open.append(element("br"), ...inline(line));
    } else if (line.trim()) {
      open = element("p", {}, ...inline(line));
      out.append(open);
    } else {
      open = null;
    }
  }
  return out;
}

/**
 * What a person wrote: as written, with addresses to click where `links` says so.
 * @param {string} text
 * @param {boolean} links
 */
export function renderWords(text, links) {
  const paragraph = element("p", { class: "words" });
  let from = 0;
  for (const found of links ? text.matchAll(ADDRESS) : []) {
    paragraph.append(text.slice(from, found.index));
    from = found.index + found[0].length;
    paragraph.append(isWebAddress(found[0]) ? link(found[0], found[0]) : found[0]);
  }
  paragraph.append(text.slice(from));
  return paragraph;
}
