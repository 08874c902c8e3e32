// Draws the lines of a chat: bubbles, cards, stickers, pictures, notes.

import { el, initialOf, linked } from "./dom.js";
import { findSticker, pictureOf } from "./stickers.js";

const CLOCK = new Intl.DateTimeFormat("ja-JP", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("ja-JP", { month: "long", day: "numeric", weekday: "short" });

export function dayOf(at) {
  return DAY.format(new Date(at));
}

/** One line; `first` = its sender has just begun to speak. */
export function drawLine(line, { first, accountName, act, unsend }) {
  if (line.side === "note") {
    return el("div", { className: "note", textContent: line.message.text });
  }
  const own = line.side === "customer";
  const sender = line.message.sender?.name ?? accountName;
  const row = el("div", { className: "row" }, drawContent(line, act), drawMeta(line));
  if (own && !line.unsent && !line.id.startsWith("shown-")) row.append(drawUndo(line, unsend));
  const body = el("div", { className: "body" });
  if (!own && first) body.append(el("span", { className: "who", textContent: sender }));
  body.append(row);
  const node = el("div", { className: `line ${line.side}${first ? " first" : ""}` });
  if (!own) {
    const face = el("span", { className: "face", textContent: initialOf(sender) });
    face.setAttribute("aria-hidden", "true");
    node.append(face);
  }
  node.append(body);
  return node;
}

export function drawDots() {
  const bubble = el("div", { className: "bubble dots" }, el("i"), el("i"), el("i"));
  bubble.setAttribute("role", "img");
  bubble.setAttribute("aria-label", "入力中");
  return el("div", { className: "line account first", id: "dots" }, bubble);
}

function drawMeta(line) {
  const meta = el("div", { className: "meta" });
  if (line.waiting) meta.append(el("span", { textContent: "送信中…" }));
  else if (line.side === "customer" && line.read) meta.append(el("span", { textContent: "既読" }));
  const at = new Date(line.at);
  meta.append(el("span", { textContent: CLOCK.format(at), title: at.toLocaleString("ja-JP") }));
  return meta;
}

function drawUndo(line, unsend) {
  const button = el("button", { type: "button", className: "undo", textContent: "⋯" });
  button.setAttribute("aria-label", "この発言を取り消す");
  button.addEventListener("click", () => unsend(line));
  return button;
}

function drawContent(line, act) {
  const { message } = line;
  if (line.unsent) return drawWords("送信を取り消しました", "bubble unsent");
  const draw = CONTENT[message.type];
  return draw ? draw(message, line, act) : drawWords(`［${message.type}］`);
}

const CONTENT = {
  text: (message, line) => drawText(message.text, line),
  textV2: (message, line) => drawText(message.text, line),
  sticker: (message) => drawSticker(message),
  image: (message, line) => drawImage(message, line),
  video: (message) => drawFile("動画", message.originalContentUrl),
  audio: (message) => drawFile("音声", message.originalContentUrl),
  file: (message) => drawWords(`ファイル：${message.fileName}`),
  location: (message) => drawWords(["位置情報", message.title, message.address].filter(Boolean).join("\n")),
  template: (message, line, act) => drawTemplate(message, act),
  flex: (message) => drawWords(message.altText),
  imagemap: (message) => drawWords(message.altText),
  coupon: () => drawWords("クーポン"),
};

function drawWords(text, className = "bubble") {
  return el("div", { className, textContent: text });
}

function drawText(text, line) {
  const bubble = el("div", { className: "bubble" });
  if (line.quoted) bubble.append(el("div", { className: "quoted", textContent: line.quoted }));
  bubble.append(...linked(text));
  return bubble;
}

function drawSticker(message) {
  const known = findSticker(message);
  if (!known) return drawWords(`スタンプ（${(message.keywords ?? []).join("・") || message.stickerId}）`);
  return el("img", { className: "sticker", src: pictureOf(known), alt: `スタンプ：${known.keyword}` });
}

function drawImage(message, line) {
  if (!line.hasPicture) return drawFile("画像", message.originalContentUrl);
  const src = `/phone/picture/${encodeURIComponent(line.id)}`;
  return el("img", { className: "photo", src, alt: "送った写真" });
}

function drawFile(word, address) {
  if (!/^https:\/\//.test(address ?? "")) return drawWords(`［${word}］`);
  const link = el("a", { href: address, target: "_blank", rel: "noopener noreferrer" });
  link.textContent = `${word}を開く`;
  return el("div", { className: "bubble" }, link);
}

function drawTemplate(message, act) {
  const { template } = message;
  if (template.type === "carousel") {
    const cards = template.columns.map((column) => drawCard(column, column.actions, act));
    return el("div", { className: "cards" }, ...cards);
  }
  if (template.type === "image_carousel") return drawWords(message.altText);
  return drawCard(template, template.actions, act);
}

function drawCard(card, actions, act) {
  const text = el("div", { className: "card-text" });
  if (card.title) text.append(el("span", { className: "card-title", textContent: card.title }));
  text.append(card.text ?? "");
  const list = el("div", { className: "card-actions" });
  list.append(...actions.map((action) => drawAction(action, "action", act)));
  return el("div", { className: "bubble card" }, text, list);
}

/** A tap: a link where it leads out of the chat, else a button. */
export function drawAction(action, className, act) {
  if (action.type === "uri" && /^(https?|tel):/i.test(action.uri)) {
    const link = el("a", { className, href: action.uri, textContent: action.label ?? action.uri });
    if (/^http/i.test(action.uri)) Object.assign(link, { target: "_blank", rel: "noopener noreferrer" });
    return link;
  }
  const button = el("button", { type: "button", className, textContent: action.label ?? "選ぶ" });
  button.addEventListener("click", () => act(action));
  return button;
}
