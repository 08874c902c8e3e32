// The list as it is chosen, who is there, and what is worth a sound.

import * as alerts from "./alerts.js";
import { read } from "./api.js";
import { showBanners } from "./banners.js";
import { byId } from "./dom.js";
import { showColleagues, showFilters, showList } from "./list.js";
import { quietly, start, view, ways } from "./state.js";
import { setNow } from "./texts.js";

let listNumber = 0;

/** Ask for the list as it is chosen now. */
export async function refreshList() {
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
  showBanners(found.banners);
  ways.counted();
  drawList();
}

/** Draw what is known. */
export function drawList() {
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
export function choose(filter) {
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
    alerts.announce(`alert.${one.kind}`, one.reference, () => ways.open(one.id));
  }
  quietStart = false;
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let soon;

/** Many hints at once are one question. */
export function refreshListSoon() {
  soon ??= setTimeout(() => {
    soon = undefined;
    refreshList();
  }, 150);
}
