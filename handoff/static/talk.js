// The middle pane: everything said in a conversation, in order, by whom and how it arrived.

import { byId, el, follow } from "./dom.js";
import { clock, exact, t } from "./texts.js";
import { renderWhy } from "./why.js";

/**
 * @param {any} detail
 * @param {number} newFrom messages after this seq arrived while somebody wrote
 */
export function showTalk(detail, newFrom) {
  const log = byId("talk");
  const atEnd = isAtEnd();
  follow(
    log,
    detail.items.map((/** @type {any} */ item) => ({
      ...item,
      fresh: newFrom > 0 && item.type === "message" && item.seq > newFrom,
      erasable: detail.may.erase_message && item.sender === "customer" && !item.erased,
    })),
    (item) => `${item.type}${item.id}`,
    renderItem,
  );
  byId("talk-earlier").hidden = !detail.more;
  if (atEnd) scrollToEnd();
}

/** Whether the person was last seen at the end of the talk. */
let stuck = true;

/** Remember where the person is. */
export function watchEnd() {
  stuck = isAtEnd();
}

export function isAtEnd() {
  const scroller = byId("talk-scroll");
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 80;
}

/** Bring what is new into sight; without anything new stay. */
export function showFresh() {
  byId("talk").querySelector(".fresh")?.scrollIntoView({ block: "nearest" });
}

export function scrollToEnd() {
  const scroller = byId("talk-scroll");
  scroller.scrollTop = scroller.scrollHeight;
  stuck = true;
}

/** @param {any} item */
function renderItem(item) {
  if (item.type === "note") return renderNote(item);
  if (item.sender === "system") return renderNotice(item);
  const side = item.sender === "customer" ? "theirs" : "ours";
  return el(
    "li",
    { class: `message ${side} ${item.sender}${item.fresh ? " fresh" : ""}${item.withheld ? " withheld" : ""}` },
    el(
      "p",
      { class: "by" },
      el("span", { class: "who" }, whoSays(item)),
      el("time", { title: exact(item.at) }, clock(item.at)),
      item.erasable ? renderErase(item) : null,
    ),
    el("div", { class: "bubble" }, ...bodyOf(item)),
    ...below(item),
  );
}

/** @param {any} item */
function renderErase(item) {
  const label = t("act.erase_message");
  return el(
    "button",
    { type: "button", class: "erase", "data-erase": item.id, title: label, "aria-label": label },
    t("act.erase_message.short"),
  );
}

/** @param {any} item */
function whoSays(item) {
  if (item.sender === "customer") return item.name || t("customer");
  if (item.sender === "bot") return t("bot");
  return item.agent_name || t("agent");
}

/** @param {any} item */
function bodyOf(item) {
  if (item.erased) return [el("em", { class: "muted" }, t(`erased.${item.erased_how}`))];
  const parts = [];
  if (item.text) parts.push(el("p", { class: "text" }, ...(item.sender === "bot" ? answered : linked)(item.text)));
  for (const file of item.files) parts.push(renderFile(file));
  if (item.place) parts.push(el("p", {}, t("kind.location") + " ", item.place));
  if (item.buttons.length) {
    parts.push(
      el(
        "ul",
        { class: "buttons-said", "aria-label": t("buttons.said") },
        ...item.buttons.map((/** @type {string} */ label) => el("li", {}, label)),
      ),
    );
  }
  if (parts.length === 0) parts.push(el("em", { class: "muted" }, t(`kind.${item.kind}`)));
  return parts;
}

/**
 * Text with its http(s) addresses as links; nothing else of it means anything.
 * @param {string} text
 * @returns {(string | HTMLElement)[]}
 */
export function linked(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"'「」（）、。]+/g)) {
    parts.push(text.slice(from, match.index));
    const href = URL.canParse(match[0]) ? match[0] : null;
    parts.push(
      href ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, href) : match[0],
    );
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

/**
 * An answer of the bot's: bold parts and named links as they were meant, without their signs.
 * @param {string} text
 * @returns {(string | HTMLElement)[]}
 */
function answered(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(/\*\*([^*\n]+)\*\*|\[([^\]\n]+)\]\((https?:\/\/[^\s)]+)\)/g)) {
    const [all, bold, words, address] = match;
    parts.push(...linked(text.slice(from, match.index)));
    if (bold) parts.push(el("strong", {}, bold));
    else if (!URL.canParse(address)) parts.push(all);
    else parts.push(el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, words));
    from = match.index + all.length;
  }
  parts.push(...linked(text.slice(from)));
  return parts;
}

/** @param {any} file */
function renderFile(file) {
  if (file.state !== "kept") return el("p", { class: "muted" }, t(`file.${file.state}`));
  const address = `/desk/file/${file.key}`;
  if (file.image) {
    return el(
      "a",
      { href: address, target: "_blank", rel: "noopener" },
      el("img", {
        src: address,
        alt: t("kind.image"),
        class: "picture",
        // a picture takes its room when it has come: whoever stood at the end stays there
        onload: () => stuck && scrollToEnd(),
      }),
    );
  }
  return el("a", { href: address, download: file.name }, `⬇ ${file.name} (${file.size_text})`);
}

/** @param {any} item */
function below(item) {
  const parts = [];
  if (item.withheld) parts.push(el("p", { class: "under" }, "⊘ " + t("withheld")));
  if (item.trouble) parts.push(renderTrouble(item));
  if (item.sender === "bot" && item.why) parts.push(renderWhy(item));
  return parts;
}

/** @param {any} item */
function renderTrouble(item) {
  const waits = item.trouble === "pending";
  const acts = item.outbox_id ? ["send_again", "leave_unsent"] : [];
  return el(
    "p",
    { class: waits ? "under muted" : "under danger" },
    (waits ? "… " : "⚠ ") + t(`trouble.${item.trouble}`),
    ...acts.map((act) =>
      el(
        "button",
        {
          type: "button",
          class: "button small",
          "data-delivery": act,
          "data-outbox": item.outbox_id,
          "data-doubt": item.trouble === "in_doubt",
        },
        t(`act.${act}`),
      ),
    ),
  );
}

/** @param {any} item */
function renderNotice(item) {
  return el(
    "li",
    { class: "notice" },
    el("p", {}, el("span", { class: "visually-hidden" }, t("system") + " "), item.text || t("erased.erased")),
    el("time", { class: "muted", title: exact(item.at) }, clock(item.at)),
    item.trouble && item.trouble !== "pending" ? renderTrouble(item) : null,
  );
}

/** @param {any} item */
function renderNote(item) {
  return el(
    "li",
    { class: "note" },
    el(
      "p",
      { class: "by" },
      el("span", { class: "who" }, "✎ " + t("note.by", { name: item.agent_name })),
      el("time", { title: exact(item.at) }, clock(item.at)),
    ),
    el("p", { class: "text" }, ...linked(item.text)),
  );
}
