// The form of an entry and its values: what the form has no field for stays as it was.

import { byId } from "./dom.js";

/** @typedef {Record<string, any>} Values */

const LANGS = ["en"];
const TEXTS = ["question", "answer", "category", "owner", "reviewed"];
const LISTS = ["variants", "expect", "reject", "next"];
const NUMBERS = ["threshold", "priority"];

/** @param {string} id */
const field = (id) => /** @type {HTMLInputElement} */ (byId(`f-${id}`));

/** @param {string} text */
function lines(text) {
  return text.split("\n").map((line) => line.trim()).filter(Boolean);
}

/** @returns {HTMLInputElement[]} */
function all(selector) {
  return Array.from(document.querySelectorAll(`#form ${selector}`));
}

/**
 * A copy of `values` with this key, or without it where there is nothing to say.
 * @param {Values} values
 * @param {string} key
 * @param {any} value
 */
function put(values, key, value) {
  const empty = value === "" || value === null || (Array.isArray(value) && value.length === 0);
  if (empty || (typeof value === "object" && Object.keys(value).length === 0)) delete values[key];
  else values[key] = value;
}

/**
 * What the form says, over the values that it began with.
 * @param {Values} base
 * @returns {Values}
 */
export function readForm(base) {
  const values = structuredClone(base);
  for (const name of TEXTS) {
    const text = field(name).value;
    put(values, name, name === "answer" ? text.replace(/\s+$/, "") : text.trim());
  }
  for (const name of LISTS) put(values, name, lines(field(name).value));
  for (const name of NUMBERS) {
    const text = field(name).value.trim();
    put(values, name, text === "" ? null : Number(text));
  }
  put(values, "buttons", readButtons(base.buttons ?? []));
  put(values, "escalate", readEscalate(base.escalate));
  put(values, "channels", readChannels());
  put(values, "valid", readValid());
  put(values, "translations", readTranslations(base.translations ?? {}));
  return values;
}

/** @param {any} before */
function readEscalate(before) {
  const chosen = field("escalate").value;
  if (chosen === "true") return true;
  // `false` and nothing mean the same: what stands there stays
  return chosen === "" && (before === false || before === "false") ? before : chosen;
}

/** @param {Values[]} before */
function readButtons(before) {
  const labels = all("[data-button=label]");
  const targets = all("[data-button=target]");
  const buttons = [];
  for (const [at, label] of labels.entries()) {
    const target = targets[at].value.trim();
    const name = label.value.trim();
    if (!name && !target) continue;
    const isPhone = /^[+\d][\d() -]*$/.test(target) || (before[at]?.tel ?? "") === target;
    /** @type {Values} */
    const button = {};
    put(button, "label", name);
    put(button, isPhone ? "tel" : "url", target);
    buttons.push(button);
  }
  return buttons;
}

function readChannels() {
  const boxes = all("[data-channel]");
  const chosen = boxes.filter((box) => box.checked).map((box) => box.dataset.channel);
  return chosen.length === boxes.length ? [] : chosen;
}

function readValid() {
  /** @type {Values} */
  const valid = {};
  put(valid, "from", field("from").value);
  put(valid, "until", field("until").value);
  return valid;
}

/** @param {Record<string, Values>} before */
function readTranslations(before) {
  const translations = structuredClone(before);
  for (const lang of LANGS) {
    const one = translations[lang] ?? {};
    put(one, "question", field(`${lang}-question`).value.trim());
    put(one, "variants", lines(field(`${lang}-variants`).value));
    put(one, "answer", field(`${lang}-answer`).value.replace(/\s+$/, ""));
    put(translations, lang, one);
  }
  return translations;
}

/**
 * Show these values in the form.
 * @param {Values} values
 */
export function writeForm(values) {
  for (const name of [...TEXTS, ...NUMBERS]) field(name).value = String(values[name] ?? "");
  for (const name of LISTS) field(name).value = (values[name] ?? []).join("\n");
  const buttons = values.buttons ?? [];
  all("[data-button=label]").forEach((box, at) => (box.value = buttons[at]?.label ?? ""));
  all("[data-button=target]").forEach(
    (box, at) => (box.value = buttons[at]?.url ?? buttons[at]?.tel ?? ""),
  );
  const channels = values.channels ?? [];
  for (const box of all("[data-channel]")) {
    box.checked = channels.length === 0 || channels.includes(box.dataset.channel);
  }
  const escalate = values.escalate === true ? "true" : values.escalate || "";
  field("escalate").value = escalate === "false" ? "" : escalate;
  field("from").value = values.valid?.from ?? "";
  field("until").value = values.valid?.until ?? "";
  for (const lang of LANGS) {
    const one = values.translations?.[lang] ?? {};
    field(`${lang}-question`).value = one.question ?? "";
    field(`${lang}-variants`).value = (one.variants ?? []).join("\n");
    field(`${lang}-answer`).value = one.answer ?? "";
  }
}
