// The phone: asks the stand-in what there is, draws it, and sends what the customer does.

import { dayOf, drawAction, drawDots, drawLine } from "./bubbles.js";
import { byId, el, initialOf, postJson, postPicture } from "./dom.js";
import { STICKERS, pictureOf } from "./stickers.js";

const POLL_MS = 700;
const STANDING = { friend: "友だち", blocked: "ブロック中", stranger: "友だち未追加" };
const GATES = {
  blocked: ["ブロックしているため、メッセージは届きません。", "ブロックを解除する"],
  stranger: ["友だちに追加すると、お知らせも受け取れます。", "友だちに追加"],
};

let chosen = sessionStorage.getItem("chat") ?? "";
let state = null;
let tappedLine = "";
let pinned = true;
let timer = 0;
const drawn = new Map();

// -- what there is ---------------------------------------------------------------------------

async function poll() {
  clearTimeout(timer);
  try {
    const query = new URLSearchParams({ chat: chosen, version: state?.version ?? "" });
    const response = await fetch(`/phone/state?${query}`);
    byId("offline").hidden = true;
    if (response.status === 200) draw(await response.json());
  } catch {
    byId("offline").hidden = false;
  }
  timer = setTimeout(poll, document.hidden ? POLL_MS * 5 : POLL_MS);
}

function draw(next) {
  if (state?.chat !== next.chat) {
    drawn.clear();
    byId("lines").replaceChildren();
  }
  state = next;
  chosen = next.chat ?? "";
  sessionStorage.setItem("chat", chosen);
  byId("account-name").textContent = next.accountName;
  byId("account-face").textContent = initialOf(next.accountName);
  byId("standing").textContent = STANDING[next.friendship] ?? "";
  byId("block").hidden = next.friendship !== "friend";
  drawPeople(next);
  drawLines(next);
  drawChips(next);
  drawGate(next);
}

function drawPeople(next) {
  const buttons = next.people.map((person) => {
    const face = el("span", { className: "face", textContent: initialOf(person.name) });
    face.setAttribute("aria-hidden", "true");
    const text = el("span", {});
    text.append(el("span", { className: "person-name", textContent: person.name }));
    text.append(el("small", { textContent: STANDING[person.friendship] }));
    const button = el("button", { type: "button", className: "person" }, face, text);
    button.setAttribute("aria-pressed", String(person.id === next.chat));
    button.addEventListener("click", () => choose(person.id));
    return button;
  });
  const people = byId("people");
  if (people.dataset.shown === JSON.stringify([next.people, next.chat])) return;
  people.dataset.shown = JSON.stringify([next.people, next.chat]);
  people.replaceChildren(...buttons);
}

function drawLines(next) {
  const nodes = [];
  let day = "";
  let speaker = "";
  for (const line of next.lines) {
    if (dayOf(line.at) !== day) {
      day = dayOf(line.at);
      speaker = "";
      nodes.push(keep(`day-${day}`, day, () => el("div", { className: "day", textContent: day })));
    }
    const name = `${line.side}/${line.message.sender?.name ?? ""}`;
    const first = name !== speaker;
    speaker = name;
    const made = () => drawLine(line, { first, accountName: next.accountName, act: actFrom(line), unsend });
    nodes.push(keep(line.id, JSON.stringify([line, first]), made));
  }
  if (next.loading) nodes.push(keep("dots", "dots", drawDots));
  if (nodes.length === 0) {
    const text = "まだやり取りはありません。\n下の欄から話しかけてみてください。";
    nodes.push(keep("empty", text, () => el("div", { className: "empty", textContent: text })));
  }
  place(byId("lines"), nodes);
  followEnd();
}

/** The node drawn before for this key, unless what it shows has changed. */
function keep(key, shows, make) {
  const known = drawn.get(key);
  if (known?.shows === shows) return known.node;
  const node = make();
  drawn.set(key, { shows, node });
  return node;
}

/** Puts the nodes in this order, touching only those that moved. */
function place(list, nodes) {
  nodes.forEach((node, index) => {
    if (list.children[index] !== node) list.insertBefore(node, list.children[index] ?? null);
  });
  while (list.childElementCount > nodes.length) list.lastElementChild.remove();
}

/** Keeps the newest line in view, unless the customer has scrolled up to read. */
function followEnd() {
  const list = byId("lines");
  if (pinned) list.scrollTop = list.scrollHeight;
}

/** Quick replies stand under the last message only, and go with the first tap. */
function drawChips(next) {
  const last = next.lines.findLast((line) => line.side !== "note");
  const items = last?.side === "account" && next.friendship !== "blocked" && last.id !== tappedLine
    ? last.message.quickReply?.items ?? []
    : [];
  const chips = byId("chips");
  const shows = JSON.stringify([last?.id, items]);
  if (chips.dataset.shown === shows) return;
  chips.dataset.shown = shows;
  chips.hidden = items.length === 0;
  chips.replaceChildren(...items.map((item) => drawAction(item.action, "chip", (action) => {
    tappedLine = last.id;
    actFrom(last)(action);
  })));
}

function drawGate(next) {
  const gate = GATES[next.friendship];
  byId("gate").hidden = !gate;
  byId("compose").hidden = next.friendship === "blocked" || next.chat === null;
  if (next.friendship === "blocked") byId("tray").hidden = true;
  if (!gate) return;
  byId("gate-text").textContent = gate[0];
  byId("gate-button").textContent = gate[1];
}

// -- what the customer does ------------------------------------------------------------------

async function deed(name, body = {}) {
  pinned = true;
  try {
    await postJson(`/phone/${encodeURIComponent(chosen)}/${name}`, body);
  } catch {
    toast("送れませんでした。もう一度お試しください。");
  }
  await poll();
}

function actFrom(line) {
  return (action) => {
    const act = ACTS[action.type];
    if (act) act(action);
    else toast("この電話では開けないボタンです。");
    if (line.id === tappedLine) drawChips(state);
  };
}

const ACTS = {
  message: (action) => deed("text", { text: action.text }),
  postback: (action) => {
    if (action.inputOption === "openKeyboard") fillIn(action.fillInText ?? "");
    deed("postback", { data: action.data, displayText: action.displayText, text: action.text });
  },
  datetimepicker: (action) => askDate(action),
  clipboard: async (action) => {
    await navigator.clipboard?.writeText(action.clipboardText);
    toast("コピーしました。");
  },
  camera: () => byId("file").click(),
  cameraRoll: () => byId("file").click(),
  location: () => deed("location"),
};

async function askDate(action) {
  const type = { date: "date", time: "time", datetime: "datetime-local" }[action.mode] ?? "date";
  const chosenTime = await ask(action.label ?? "日時を選んでください", "決定", { type, value: action.initial ?? "" });
  if (chosenTime) deed("postback", { data: action.data, params: { [action.mode]: chosenTime } });
}

async function unsend(line) {
  if (await ask("この発言を取り消しますか？ 相手の画面からも消えます。", "取り消す")) {
    deed("unsend", { messageId: line.id });
  }
}

/** Asks once; true or the input's value when confirmed, else an empty string. */
function ask(text, yes, input = null) {
  const dialog = byId("ask");
  const field = byId("ask-input");
  byId("ask-text").textContent = text;
  byId("ask-yes").textContent = yes;
  field.hidden = input === null;
  if (input) Object.assign(field, input);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "yes" && (input ? field.value : true));
    }, { once: true });
  });
}

function choose(id) {
  chosen = id;
  tappedLine = "";
  pinned = true;
  showTray(false);
  poll();
}

function fillIn(text) {
  byId("words").value = text;
  resize();
  byId("words").focus();
}

function sendWords() {
  const words = byId("words");
  const text = words.value;
  if (!text.trim()) return;
  words.value = "";
  resize();
  deed("text", { text });
}

function resize() {
  const words = byId("words");
  words.style.height = "auto";
  words.style.height = `${Math.min(words.scrollHeight + 2, 120)}px`;
  byId("send").disabled = !words.value.trim();
}

function showTray(open) {
  byId("tray").hidden = !open;
  byId("more").setAttribute("aria-expanded", String(open));
}

async function sendFile(file) {
  pinned = true;
  try {
    await postPicture(`/phone/${encodeURIComponent(chosen)}/picture`, file);
  } catch {
    toast("この写真は送れませんでした（PNG・JPEG・GIF・WebP、10 MB まで）。");
  }
  await poll();
}

let toastTimer = 0;
function toast(text) {
  byId("toast").textContent = text;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { byId("toast").textContent = ""; }, 4000);
}

// -- wiring ----------------------------------------------------------------------------------

byId("compose").addEventListener("submit", (event) => { event.preventDefault(); sendWords(); });
byId("words").addEventListener("input", resize);
byId("words").addEventListener("keydown", (event) => {
  // while an input method composes, Enter only confirms its words
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    sendWords();
  }
});
byId("more").addEventListener("click", () => showTray(byId("tray").hidden));
byId("picture").addEventListener("click", () => byId("file").click());
byId("place").addEventListener("click", () => { showTray(false); deed("location"); });
byId("file").addEventListener("change", (event) => {
  const [file] = event.target.files;
  event.target.value = "";
  showTray(false);
  if (file) sendFile(file);
});
byId("block").addEventListener("click", async () => {
  if (await ask("このアカウントをブロックしますか？ あとで解除できます。", "ブロックする")) deed("unfollow");
});
byId("gate-button").addEventListener("click", () => deed("follow"));
byId("ask-yes").addEventListener("click", () => byId("ask").close("yes"));
byId("ask-no").addEventListener("click", () => byId("ask").close(""));
byId("lines").addEventListener("scroll", ({ target }) => {
  pinned = target.scrollHeight - target.scrollTop - target.clientHeight < 60;
});
byId("lines").addEventListener("load", followEnd, { capture: true });
new ResizeObserver(followEnd).observe(byId("lines"));
document.addEventListener("visibilitychange", () => { if (!document.hidden) poll(); });
for (const sticker of STICKERS) {
  const { packageId, stickerId, keyword } = sticker;
  const button = el("button", { type: "button" }, el("img", { src: pictureOf(sticker), alt: keyword }));
  button.addEventListener("click", () => { showTray(false); deed("sticker", { packageId, stickerId, keyword }); });
  byId("stickers").append(button);
}
resize();
poll();
