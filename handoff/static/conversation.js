// The open conversation: fetched, drawn, read, answered.

import { makeActs } from "./acts.js";
import { change, read, Refusal } from "./api.js";
import { tell } from "./ask.js";
import { showCard } from "./card.js";
import { Composer } from "./compose.js";
import { byId } from "./dom.js";
import { showHead, showViewers } from "./head.js";
import { choose, drawList, refreshList } from "./listing.js";
import { quietly, start, view, ways } from "./state.js";
import { isAtEnd, scrollToEnd, showFresh, showTalk } from "./talk.js";
import { setNow, t } from "./texts.js";

/**
 * @param {number} id
 * @param {boolean} [push]
 */
export async function open(id, push = true) {
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
  ways.say({ kind: "viewing", conversation_id: id });
  drawList();
  await refreshTalk();
  scrollToEnd();
}

/** Ask for the open conversation. */
export async function refreshTalk() {
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

/** Draw who else is here. */
export function drawViewers() {
  const others = (view.detail?.viewers ?? []).filter((/** @type {any} */ one) => one.id !== start.me.id);
  const typing = Array.from(view.typing).filter(([, until]) => until > Date.now()).map(([name]) => name);
  showViewers(
    typing,
    others.map((/** @type {any} */ one) => one.name).filter((/** @type {string} */ name) => !typing.includes(name)),
    view.customerTypesUntil > Date.now(),
  );
}

/** Back to the list. */
export function closeTalk() {
  view.openId = 0;
  view.detail = null;
  document.body.dataset.view = "list";
  byId("conversation").hidden = true;
  byId("nothing-open").hidden = false;
  byId("card").replaceChildren();
  history.pushState({}, "", "/desk");
  ways.say({ kind: "viewing", conversation_id: null });
  drawList();
}

/** What stood in sight for a moment counts as read; what came this instant does not. */
export function markSeen() {
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

/** Ask for everything. */
export async function refreshAll() {
  await Promise.all([refreshList(), refreshTalk()]);
}

export const acts = makeActs({
  id: () => view.openId,
  detail: () => view.detail,
  colleagues: () => view.list.colleagues,
  me: () => start.me,
  teams: () => start.teams,
  refresh: refreshAll,
  taken: () => choose("mine"),
  open,
});

/** @type {Composer} */
export const composer = new Composer({
  // after a refusal the newer messages are shown and the button says so: then all is seen
  seenSeq: () =>
    composer.newFrom > 0 ? view.detail.conversation.last_seq : view.seenSeq,
  refresh: refreshAll,
  said: () => {
    view.seenSeq = view.detail?.conversation.last_seq ?? 0;
    scrollToEnd();
  },
  newer: showFresh,
  // a reply on LINE is one of the month's pushes
  pushesLeft: () => (view.detail?.customer.channel === "line" ? view.list.pushes_left : null),
  typing: (id) => ways.say({ kind: "typing", conversation_id: id }),
  drafted: drawList,
});

/**
 * "on" and "off" tell of the customer, anything else names a colleague.
 * @param {string} who
 */
export function hearTyping(who) {
  if (who === start.me.name) return;
  if (who === "on" || who === "off") view.customerTypesUntil = who === "on" ? Date.now() + 6_000 : 0;
  else view.typing.set(who, Date.now() + 6_000);
  drawViewers();
  setTimeout(drawViewers, 6_100);
}

ways.open = open;
