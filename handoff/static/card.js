// The right pane: who this is, what they told us already, what was before.

import { byId, el, fill } from "./dom.js";
import { chip } from "./list.js";
import { clock, exact, t } from "./texts.js";

/**
 * @param {any} detail
 * @param {{callbackDone: () => void, exportCustomer: () => void, eraseCustomer: () => void}} acts
 */
export function showCard(detail, acts) {
  const { conversation, customer } = detail;
  fill(
    byId("card"),
    el("h2", {}, customer.name || t("customer.unnamed")),
    el(
      "p",
      { class: "chips" },
      chip(t(`channel.${customer.channel}`), "plain"),
      chip(t(`lang.${customer.lang}`), "plain"),
      customer.reachable ? null : chip("× " + t("chip.unreachable"), "danger"),
    ),
    customer.reachable ? null : el("p", { class: "danger" }, t("unreachable.why")),
    facts(detail),
    detail.callback ? callback(detail.callback, acts) : null,
    detail.survey ? survey(detail.survey) : null,
    conversation.cause ? section(t("card.why"), el("p", {}, t(`cause.${conversation.cause}`))) : null,
    rejected(detail),
    earlier(detail.earlier),
    privacy(detail.may, acts),
  );
}

/**
 * What only admins see: hand out or erase everything about this person.
 * @param {any} may
 * @param {{exportCustomer: () => void, eraseCustomer: () => void}} acts
 */
function privacy(may, acts) {
  if (!may.export_customer && !may.erase_customer) return null;
  return el(
    "div",
    { class: "buttons" },
    may.export_customer &&
      el(
        "button",
        { type: "button", class: "button", onclick: () => acts.exportCustomer() },
        t("act.export_customer"),
      ),
    may.erase_customer &&
      el(
        "button",
        { type: "button", class: "button danger", onclick: () => acts.eraseCustomer() },
        t("act.erase_customer"),
      ),
  );
}

/**
 * @param {string} title
 * @param {...HTMLElement} children
 */
function section(title, ...children) {
  return el("section", {}, el("h3", {}, title), ...children);
}

/** @param {any} detail */
function facts(detail) {
  const rows = [...detail.form];
  for (const [label, at] of [
    ["card.opened", detail.conversation.opened_at],
    ["card.waiting", detail.conversation.waiting_since],
    ["card.claimed", detail.conversation.claimed_at],
    ["card.closed", detail.conversation.closed_at],
  ]) {
    if (at) rows.push({ label: t(label), value: clock(at), title: exact(at) });
  }
  if (detail.customer.channel === "line") {
    rows.push({ label: t("card.pushes"), value: t("pushes", { n: detail.conversation.pushes }) });
  }
  return el(
    "dl",
    {},
    ...rows.flatMap((row) => [
      el("dt", {}, row.label),
      el("dd", { title: row.title ?? null }, row.value),
    ]),
  );
}

/**
 * @param {any} call
 * @param {{callbackDone: () => void}} acts
 */
function callback(call, acts) {
  return section(
    "☎ " + t("card.callback"),
    el("p", {}, call.slot, " ", call.overdue ? chip(t("callback.overdue"), "danger") : null),
    el("p", {}, el("a", { href: `tel:${call.dial}` }, call.phone)),
    el(
      "button",
      { type: "button", class: "button", onclick: () => acts.callbackDone() },
      t("act.callback_done"),
    ),
  );
}

/** @param {any} given */
function survey(given) {
  if (given.score === null) {
    return section(t("card.survey"), el("p", { class: "muted" }, t(`survey.${given.state}`)));
  }
  return section(
    t("card.survey"),
    el("p", {}, t("survey.score", { n: given.score })),
    given.comment ? el("p", { class: "text" }, given.comment) : el("span"),
  );
}

/** @param {any} detail */
function rejected(detail) {
  if (detail.rejected.length === 0) return null;
  return section(
    t("card.rejected"),
    el("ul", { class: "bare" }, ...detail.rejected.map((/** @type {string} */ one) => el("li", {}, one))),
  );
}

/** @param {any[]} conversations */
function earlier(conversations) {
  return section(
    t("card.earlier"),
    conversations.length === 0
      ? el("p", { class: "muted" }, t("card.first"))
      : el(
          "ul",
          { class: "bare" },
          ...conversations.map((one) =>
            el(
              "li",
              {},
              el("a", { href: `/desk?c=${one.id}`, "data-open": one.id }, one.reference),
              " ",
              el("time", { class: "muted", title: exact(one.opened_at) }, clock(one.opened_at)),
              el("p", { class: "excerpt" }, one.excerpt || t("kind.none")),
            ),
          ),
        ),
  );
}
