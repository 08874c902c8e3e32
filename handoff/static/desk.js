// The desk: asks the server for what changed and shows it in three panes.

import { change, quietFor, read } from "./api.js";
import { tell } from "./ask.js";
import * as talk from "./conversation.js";
import { byId } from "./dom.js";
import { listenKeys } from "./keys.js";
import { drawList, refreshList, refreshListSoon } from "./listing.js";
import { Live } from "./live.js";
import { bindSettings } from "./preferences.js";
import { quietly, start, view, ways } from "./state.js";
import { watchEnd } from "./talk.js";
import { t } from "./texts.js";

const { acts, composer } = talk;

// --- live

/** @param {import("./live.js").Hint} hint */
function heard(hint) {
  if (hint.kind === "alive") return;
  if (hint.kind === "ended") {
    location.assign("/login");
    return;
  }
  if (hint.kind === "viewing") {
    if (hint.conversation_id === view.openId && view.detail) {
      view.detail.viewers = JSON.parse(hint.detail);
      talk.drawViewers();
    }
    refreshListSoon();
    return;
  }
  if (hint.kind === "typing") {
    if (hint.conversation_id === view.openId) talk.hearTyping(hint.detail);
    return;
  }
  refreshListSoon();
  // how far a colleague has read changes nothing in the talk
  if (hint.conversation_id === view.openId && hint.kind !== "seen") talk.refreshTalk();
}

/** @param {boolean} online */
function showOnline(online) {
  byId("reconnecting").hidden = online;
  if (online) ways.say({ kind: "viewing", conversation_id: view.openId || null });
}

const live = new Live(heard, talk.refreshAll, showOnline);
ways.say = (message) => live.say(message);
ways.counted = () => composer.show();

// --- what people press

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const settling = target?.closest("[data-delivery]");
  if (settling instanceof HTMLElement) {
    const { delivery, outbox, doubt } = settling.dataset;
    acts.settle(delivery ?? "", Number(outbox), doubt !== undefined);
    return;
  }
  const erasing = target?.closest("[data-erase]");
  if (erasing instanceof HTMLElement) {
    acts.eraseMessage(Number(erasing.dataset.erase));
    return;
  }
  const link = target?.closest("[data-open]");
  if (!(link instanceof HTMLElement)) return;
  if (event instanceof MouseEvent && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
  event.preventDefault();
  talk.open(Number(link.dataset.open));
});
addEventListener("popstate", () => openFromAddress(false));
byId("take-next").addEventListener("click", () => acts.takeNext());
byId("back").addEventListener("click", talk.closeTalk);
byId("show-card").addEventListener("click", () => {
  document.body.dataset.view = document.body.dataset.view === "card" ? "talk" : "card";
});
byId("hide-card").addEventListener("click", () => {
  document.body.dataset.view = "talk";
});
byId("list-more").addEventListener("click", () => {
  view.limit += 50;
  refreshList();
});
byId("talk-earlier").addEventListener("click", () => {
  view.depth += 200;
  talk.refreshTalk();
});
byId("talk-scroll").addEventListener("scroll", () => {
  watchEnd();
  if (view.detail) talk.markSeen();
});
// on a phone the list needs the room
if (matchMedia("(max-width: 720px)").matches) byId("colleagues-box").open = false;
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && view.detail) talk.markSeen();
});
byId("presence").addEventListener("change", async (/** @type {any} */ event) => {
  const presence = event.target.value;
  await quietly(() => change("/desk/api/presence", { presence }));
  tell(t(`presence.said.${presence}`));
  refreshList();
});

/** @type {ReturnType<typeof setTimeout> | undefined} */
let searching;
byId("search").addEventListener("input", (/** @type {any} */ event) => {
  clearTimeout(searching);
  searching = setTimeout(() => {
    view.query = event.target.value.trim();
    refreshList();
  }, 250);
});

/** @param {number} step */
function move(step) {
  const rows = view.list.rows;
  if (rows.length === 0) return;
  const at = rows.findIndex((/** @type {any} */ row) => row.id === view.openId);
  const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step));
  talk.open(rows[next].id);
}

listenKeys({
  next: () => move(1),
  previous: () => move(-1),
  resolve: () => view.detail?.may.resolve && acts.resolve(),
  note: () => view.detail && composer.choose("note"),
  reply: () => view.detail && composer.choose("reply"),
  take: () => acts.takeNext(),
});
bindSettings(() => composer.show());

/** @param {boolean} push */
function openFromAddress(push) {
  const id = Number(new URLSearchParams(location.search).get("c"));
  if (Number.isSafeInteger(id) && id > 0) talk.open(id, push);
  else if (view.openId) talk.closeTalk();
}

const WARN_MS = 3 * 60_000;
setInterval(() => {
  byId("idle").hidden = quietFor() < start.idle_minutes * 60_000 - WARN_MS;
}, 15_000);
byId("stay").addEventListener("click", () => {
  byId("idle").hidden = true;
  quietly(() => read("/desk/api/start"));
});

// waiting times grow without anything happening
setInterval(drawList, 20_000);
await refreshList();
openFromAddress(false);
