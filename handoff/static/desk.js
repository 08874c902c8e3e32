// The desk: asks the server for what changed and shows it in three panes.

import { makeActs } from "./acts.js";
import * as alerts from "./alerts.js";
import { change, quietFor, read, Refusal } from "./api.js";
import { tell } from "./ask.js";
import { showCard } from "./card.js";
import { Composer } from "./compose.js";
import { byId } from "./dom.js";
import { showHead, showViewers } from "./head.js";
import { listenKeys } from "./keys.js";
import { showColleagues, showFilters, showList } from "./list.js";
import { Live } from "./live.js";
import { bindSettings } from "./preferences.js";
import { setNow, setWords, t } from "./texts.js";
import { isAtEnd, scrollToEnd, showFresh, showTalk, watchEnd } from "./talk.js";

const start = await begin();
setWords(start);

/** Who looks and in which words; asked until it comes. */
async function begin() {
  for (;;) {
    try {
      return await read("/desk/api/start");
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      byId("reconnecting").hidden = false;
      await new Promise((resolve) => setTimeout(resolve, 3_000));
    }
  }
}

/** What is on the page. */
const view = {
  filter: "waiting",
  query: "",
  limit: 50,
  /** @type {any} */
  list: { rows: [], counts: {}, colleagues: [], more: false },
  /** @type {any} */
  detail: null,
  openId: 0,
  /** messages shown of the open conversation */
  depth: 100,
  /** seq up to which the person had the time to read */
  seenSeq: 0,
  customerTypesUntil: 0,
  /** colleagues who type, and until when that is believed @type {Map<string, number>} */
  typing: new Map(),
};

// --- list

let listNumber = 0;

async function refreshList() {
  const number = ++listNumber;
  const query = new URLSearchParams({
    filter: view.filter,
    q: view.query,
    limit: String(view.limit),
  });
  const found = await quietly(() => read(`/desk/api/conversations?${query}`));
  if (!found || number !== listNumber) return; // a later question was asked meanwhile
  setNow(found.now);
  noticeNew(found);
  view.list = found;
  drawList();
}

function drawList() {
  showFilters(view.filter, view.list.counts, start.me.role !== "agent", choose);
  showList(view.list.rows, view.openId, view.filter, view.query, view.list.more);
  showColleagues(view.list.colleagues);
  const me = view.list.colleagues.find((/** @type {any} */ one) => one.id === start.me.id);
  if (me) byId("presence").value = me.presence;
  alerts.countInTitle((view.list.counts.waiting ?? 0) + (view.list.counts.unread ?? 0));
  const waiting = view.list.counts.waiting ?? 0;
  byId("take-next").setAttribute("aria-disabled", String(waiting === 0));
}

/** @param {string} filter */
function choose(filter) {
  view.filter = filter;
  view.limit = 50;
  refreshList();
}

/** @type {Map<string, number>} */
const told = new Map();
let quietStart = true;

/** @param {any} found */
function noticeNew(found) {
  for (const one of found.alerts) {
    const key = `${one.kind}${one.id}`;
    const known = told.get(key);
    told.set(key, one.mark);
    const looking = one.id === view.openId && document.visibilityState === "visible";
    if (quietStart || (known !== undefined && known >= one.mark) || looking) continue;
    alerts.announce(`alert.${one.kind}`, one.reference, () => open(one.id));
  }
  quietStart = false;
}

// --- conversation

/**
 * @param {number} id
 * @param {boolean} [push]
 */
async function open(id, push = true) {
  if (id !== view.openId) {
    view.openId = id;
    view.detail = null;
    view.depth = 100;
    view.seenSeq = 0;
    view.customerTypesUntil = 0;
    view.typing.clear();
    byId("talk").replaceChildren();
    composer.leave();
    drawViewers();
  }
  if (push) history.pushState({}, "", `/desk?c=${id}`);
  document.body.dataset.view = "talk";
  byId("conversation").hidden = false;
  byId("nothing-open").hidden = true;
  live.say({ kind: "viewing", conversation_id: id });
  drawList();
  await refreshTalk();
  scrollToEnd();
}

async function refreshTalk() {
  const id = view.openId;
  if (!id) return;
  try {
    const found = await read(`/desk/api/conversations/${id}?limit=${view.depth}`);
    if (id !== view.openId) return;
    setNow(found.now);
    view.detail = found;
    drawTalk();
    markSeen();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 404) {
      closeTalk();
      tell(t("gone"), null, true);
    }
  }
}

function drawTalk() {
  if (!view.detail) return;
  if (view.seenSeq === 0) view.seenSeq = view.detail.conversation.last_seq;
  showHead(view.detail, acts);
  showTalk(view.detail, composer.newFrom);
  showCard(view.detail, acts);
  composer.open(view.openId, view.detail.may.reply, whyBlocked(view.detail));
  drawViewers();
}

/**
 * What has to happen before this person can reply here.
 * @param {any} detail
 */
function whyBlocked(detail) {
  if (detail.may.reopen) return t("compose.reopen_first");
  if (detail.may.claim) return t("compose.claim_first");
  return t("compose.others", { name: detail.conversation.agent_name });
}

function drawViewers() {
  const others = (view.detail?.viewers ?? []).filter((/** @type {any} */ one) => one.id !== start.me.id);
  const typing = Array.from(view.typing).filter(([, until]) => until > Date.now()).map(([name]) => name);
  showViewers(
    typing,
    others.map((/** @type {any} */ one) => one.name).filter((/** @type {string} */ name) => !typing.includes(name)),
    view.customerTypesUntil > Date.now(),
  );
}

function closeTalk() {
  view.openId = 0;
  view.detail = null;
  document.body.dataset.view = "list";
  byId("conversation").hidden = true;
  byId("nothing-open").hidden = false;
  byId("card").replaceChildren();
  history.pushState({}, "", "/desk");
  live.say({ kind: "viewing", conversation_id: null });
  drawList();
}

/** What stood in sight for a moment counts as read; what came this instant does not. */
function markSeen() {
  const seq = view.detail.conversation.last_seq;
  const id = view.openId;
  if (seq <= view.seenSeq && view.detail.seen_seq >= seq) return;
  setTimeout(() => {
    if (id !== view.openId || document.hidden || !isAtEnd()) return;
    view.seenSeq = Math.max(view.seenSeq, seq);
    if (view.detail && view.detail.seen_seq < seq) {
      quietly(() => change(`/desk/api/conversations/${id}/seen`, { seq }));
    }
  }, 1_200);
}

/**
 * @template T
 * @param {() => Promise<T>} call
 * @returns {Promise<T | null>}
 */
async function quietly(call) {
  try {
    return await call();
  } catch (error) {
    // the banner says that the connection is gone; the next poll tries again
    if (error instanceof Refusal) return null;
    throw error;
  }
}

async function refreshAll() {
  await Promise.all([refreshList(), refreshTalk()]);
}

const acts = makeActs({
  id: () => view.openId,
  detail: () => view.detail,
  colleagues: () => view.list.colleagues,
  me: () => start.me,
  teams: () => start.teams,
  refresh: refreshAll,
  taken: () => choose("mine"),
  open,
});

const composer = new Composer({
  // after a refusal the newer messages are shown and the button says so: then all is seen
  seenSeq: () =>
    composer.newFrom > 0 ? view.detail.conversation.last_seq : view.seenSeq,
  refresh: refreshAll,
  said: () => {
    view.seenSeq = view.detail?.conversation.last_seq ?? 0;
    scrollToEnd();
  },
  newer: showFresh,
  typing: (id) => live.say({ kind: "typing", conversation_id: id }),
  drafted: drawList,
});

// --- live

/** @type {ReturnType<typeof setTimeout> | undefined} */
let soon;

/** Many hints at once are one question. */
function refreshListSoon() {
  soon ??= setTimeout(() => {
    soon = undefined;
    refreshList();
  }, 150);
}

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
      drawViewers();
    }
    refreshListSoon();
    return;
  }
  if (hint.kind === "typing") {
    if (hint.conversation_id === view.openId) hearTyping(hint.detail);
    return;
  }
  refreshListSoon();
  // how far a colleague has read changes nothing in the talk
  if (hint.conversation_id === view.openId && hint.kind !== "seen") refreshTalk();
}

/**
 * "on" and "off" tell of the customer, anything else names a colleague.
 * @param {string} who
 */
function hearTyping(who) {
  if (who === start.me.name) return;
  if (who === "on" || who === "off") view.customerTypesUntil = who === "on" ? Date.now() + 6_000 : 0;
  else view.typing.set(who, Date.now() + 6_000);
  drawViewers();
  setTimeout(drawViewers, 6_100);
}

/** @param {boolean} online */
function showOnline(online) {
  byId("reconnecting").hidden = online;
  if (online) live.say({ kind: "viewing", conversation_id: view.openId || null });
}

const live = new Live(heard, refreshAll, showOnline);

// --- what people press

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const settling = target?.closest("[data-delivery]");
  if (settling instanceof HTMLElement) {
    const { delivery, outbox, doubt } = settling.dataset;
    acts.settle(delivery ?? "", Number(outbox), doubt !== undefined);
    return;
  }
  const link = target?.closest("[data-open]");
  if (!(link instanceof HTMLElement)) return;
  if (event instanceof MouseEvent && (event.ctrlKey || event.metaKey || event.shiftKey)) return;
  event.preventDefault();
  open(Number(link.dataset.open));
});
addEventListener("popstate", () => openFromAddress(false));
byId("take-next").addEventListener("click", () => acts.takeNext());
byId("back").addEventListener("click", closeTalk);
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
  refreshTalk();
});
byId("talk-scroll").addEventListener("scroll", () => {
  watchEnd();
  if (view.detail) markSeen();
});
// on a phone the list needs the room
if (matchMedia("(max-width: 720px)").matches) byId("colleagues-box").open = false;
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && view.detail) markSeen();
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
  open(rows[next].id);
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
  if (Number.isSafeInteger(id) && id > 0) open(id, push);
  else if (view.openId) closeTalk();
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
