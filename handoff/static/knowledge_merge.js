// A colleague changed the same thing: both sides of each field, to choose from or to write anew.

import { byId, el, fill } from "./dom.js";
import { t } from "./texts.js";

/** @typedef {{key: string, base: any, theirs: any, mine: any}} Conflict */
/** @typedef {{merged: Record<string, any>, theirs: string[], mine: string[], conflicts: Conflict[]}} Merge */

/** @param {any} value */
function shown(value) {
  if (value === null || value === undefined) return t("knowledge.merge.nothing");
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return value.join("\n");
  return typeof value === "object" ? JSON.stringify(value, null, 2) : String(value);
}

/**
 * The words for a key of the format.
 * @param {string} key
 */
export function keyName(key) {
  const [first, ...rest] = key.split(".");
  const known = ["category", "owner", "reviewed"].includes(first) ? first : `f.${first}`;
  const name = t(`knowledge.${known}`);
  return [name.startsWith("knowledge.") ? first : name, ...rest].join(" › ");
}

/**
 * @param {string} name of the group
 * @param {string} value
 * @param {string} label
 * @param {any} content
 * @param {boolean} chosen
 */
function choice(name, value, label, content, chosen) {
  return el(
    "label",
    { class: "choice" },
    el("input", { type: "radio", name, value, checked: chosen }),
    el("strong", {}, label),
    el("span", { class: "words" }, shown(content)),
  );
}

/**
 * @param {Conflict} one
 * @param {number} at
 */
function field(one, at) {
  const name = `conflict-${at}`;
  const texts = typeof (one.mine ?? one.theirs) === "string";
  return el(
    "fieldset",
    { class: "field-box" },
    el("legend", {}, keyName(one.key)),
    el(
      "div",
      { class: "sides" },
      choice(name, "theirs", t("knowledge.merge.theirs"), one.theirs, false),
      choice(name, "mine", t("knowledge.merge.mine"), one.mine, true),
    ),
    texts &&
      el(
        "label",
        { class: "choice" },
        el("input", { type: "radio", name, value: "own" }),
        el("strong", {}, t("knowledge.merge.own")),
        writing(one, name),
      ),
    el(
      "details",
      {},
      el("summary", {}, t("knowledge.merge.base")),
      el("p", { class: "words" }, shown(one.base)),
    ),
  );
}

/**
 * @param {Conflict} one
 * @param {string} name
 */
function writing(one, name) {
  const area = /** @type {HTMLTextAreaElement} */ (
    el("textarea", { rows: 4, name: `${name}-own`, "aria-label": t("knowledge.merge.own") })
  );
  area.value = String(one.mine ?? one.theirs ?? "");
  area.addEventListener("input", () => {
    const radio = area.closest("label")?.querySelector("input");
    if (radio) radio.checked = true;
  });
  return area;
}

/**
 * @param {Record<string, any>} values
 * @param {string} key
 * @param {any} value
 */
function set(values, key, value) {
  const steps = key.split(".");
  const last = /** @type {string} */ (steps.pop());
  let inner = values;
  for (const step of steps) inner = inner[step] ??= {};
  if (value === null || value === undefined) delete inner[last];
  else inner[last] = value;
}

/**
 * What the chosen sides come to.
 * @param {Merge} merge
 * @param {HTMLFormElement} form
 */
function decided(merge, form) {
  const values = structuredClone(merge.merged);
  const chosen = new FormData(form);
  merge.conflicts.forEach((one, at) => {
    const side = chosen.get(`conflict-${at}`);
    if (side === "own") set(values, one.key, String(chosen.get(`conflict-${at}-own`) ?? ""));
    else set(values, one.key, side === "theirs" ? one.theirs : one.mine);
  });
  return values;
}

/**
 * Let the admin decide; null: later.
 * @param {Merge} merge
 * @param {string} who
 * @returns {Promise<Record<string, any> | null>}
 */
export function decideMerge(merge, who) {
  if (merge.conflicts.length === 0) return Promise.resolve(merge.merged);
  const dialog = /** @type {HTMLDialogElement} */ (byId("merge-dialog"));
  return new Promise((resolve) => {
    const form = /** @type {HTMLFormElement} */ (
      el(
        "form",
        { method: "dialog" },
        ...merge.conflicts.map(field),
        el(
          "div",
          { class: "buttons" },
          el("button", { type: "button", class: "button", onclick: () => dialog.close() }, t("cancel")),
          el("button", { class: "button primary", value: "take" }, t("knowledge.merge.take")),
        ),
      )
    );
    dialog.returnValue = "";
    fill(
      dialog,
      el("h2", { id: "merge-dialog-title" }, t("knowledge.merge.title")),
      el("p", {}, who ? t("knowledge.merge.who", { who }) : t("knowledge.merge.file")),
      form,
    );
    dialog.addEventListener(
      "close",
      () => resolve(dialog.returnValue === "take" ? decided(merge, form) : null),
      { once: true },
    );
    dialog.showModal();
    // the browser goes to the first choice, and a key there would change what is chosen
    const chosen = dialog.querySelector("input:checked");
    if (chosen instanceof HTMLInputElement) chosen.focus();
  });
}
