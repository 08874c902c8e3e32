// The left pane: which conversations there are, how long they wait, who has them.

import { byId, el, fill, follow } from "./dom.js";
import { hasDraft } from "./remember.js";
import { ago, exact, now, stretch, t } from "./texts.js";

export const FILTERS = ["waiting", "mine", "all", "closed", "review", "trouble"];

/**
 * @param {string} current
 * @param {Record<string, number>} counts
 * @param {boolean} supervisor
 * @param {(filter: string) => void} choose
 */
export function showFilters(current, counts, supervisor, choose) {
  const shown = FILTERS.filter(
    (name) => (name !== "review" || supervisor) && (name !== "trouble" || counts.trouble || current === name),
  );
  follow(
    byId("filters"),
    shown.map((name) => ({ name, count: counts[name] ?? null, on: name === current })),
    (item) => item.name,
    (item) =>
      el(
        "button",
        {
          type: "button",
          class: "filter",
          "aria-pressed": item.on ? "true" : "false",
          onclick: () => choose(item.name),
        },
        t(`filter.${item.name}`),
        item.count ? el("span", { class: "count" }, item.count) : null,
      ),
  );
}

/**
 * @param {any[]} rows
 * @param {number | null} openId
 * @param {string} filter
 * @param {string} query
 * @param {boolean} more
 */
export function showList(rows, openId, filter, query, more) {
  const minute = Math.floor(now() / 60_000);
  follow(
    byId("list"),
    rows.map((row) => ({ ...row, open: row.id === openId, draft: hasDraft(row.id), minute })),
    (row) => String(row.id),
    renderRow,
  );
  const empty = byId("list-empty");
  empty.hidden = rows.length > 0;
  if (rows.length === 0) {
    fill(empty, el("p", {}, query ? t("empty.search") : t(`empty.${filter}`)));
  }
  byId("list-more").hidden = !more;
}

/** @param {any} row */
function renderRow(row) {
  return el(
    "li",
    { class: `row${row.urgent && isOpen(row) ? " urgent" : ""}` },
    el(
      "a",
      { href: `/desk?c=${row.id}`, "data-open": row.id, "aria-current": row.open ? "true" : null },
      el(
        "span",
        { class: "line" },
        el("span", { class: "name" }, row.name || t("customer.unnamed")),
        el("time", { class: "muted", title: exact(row.at) }, ago(row.at)),
      ),
      el(
        "span",
        { class: "line" },
        el("span", { class: "excerpt" }, excerpt(row)),
        row.unread
          ? el(
              "span",
              { class: "count" },
              row.unread,
              el("span", { class: "visually-hidden" }, t("unread")),
            )
          : null,
      ),
      el("span", { class: "chips" }, ...chips(row)),
    ),
  );
}

/** @param {any} row */
function isOpen(row) {
  return row.state === "waiting" || row.state === "assigned";
}

/** @param {any} row */
function excerpt(row) {
  if (row.excerpt) return row.excerpt;
  return t(row.excerpt_kind ? `kind.${row.excerpt_kind}` : "kind.none");
}

/** @param {any} row */
function chips(row) {
  const kept = [];
  if (row.urgent && isOpen(row)) kept.push(chip("▲ " + t("chip.urgent"), "danger"));
  if (row.review) kept.push(chip("◆ " + t("chip.review"), "warn"));
  if (row.state === "waiting") {
    kept.push(chip(t("chip.waiting", { span: stretch(now() - row.waiting_since) }), "warn"));
    if (row.wait_mode === "callback") kept.push(chip("☎ " + t("chip.callback")));
    if (row.wait_mode === "message") kept.push(chip(t("chip.message")));
  } else if (row.state === "assigned") {
    kept.push(chip(row.agent_name || t("chip.agent")));
  } else {
    kept.push(chip(t(`state.${row.state}`)));
  }
  kept.push(chip(t(`channel.${row.channel}`), "plain"));
  if (row.team_name) kept.push(chip(row.team_name, "plain"));
  if (!row.reachable) kept.push(chip("× " + t("chip.unreachable"), "danger"));
  if (row.troubles) kept.push(chip("⚠ " + t("chip.trouble"), "danger"));
  if (row.draft) kept.push(chip("✎ " + t("chip.draft")));
  if (row.viewers?.length) kept.push(chip(t("chip.viewing", { names: row.viewers.join("、") })));
  return kept;
}

/**
 * A small label; what it means stands in its words, the colour only repeats it.
 * @param {string} text
 * @param {string} [tone]
 */
export function chip(text, tone = "") {
  return el("span", { class: tone ? `chip ${tone}` : "chip" }, text);
}

/**
 * Who is there and how many conversations each has.
 * @param {any[]} colleagues
 */
export function showColleagues(colleagues) {
  follow(
    byId("colleagues"),
    colleagues,
    (one) => String(one.id),
    (one) =>
      el(
        "li",
        { class: `colleague ${one.presence}` },
        el("span", { class: "dot", "aria-hidden": "true" }),
        el("span", { class: "name" }, one.name),
        el("span", { class: "muted" }, t(`presence.${one.presence}`)),
        el("span", { class: "load", title: t("load.title") }, `${one.load}/${one.capacity}`),
      ),
  );
}
