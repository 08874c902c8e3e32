// What was written when the login ended: kept in this tab, and put back after logging in again.

import { el } from "./dom.js";
import { keepUnsent, unsent } from "./remember.js";

const me = document.querySelector('meta[name="agent"]')?.getAttribute("content") ?? "";
const NEVER_KEPT = ["hidden", "password", "file", "submit"];

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */

/** The address of this page, without what it said after the last change. */
export function here() {
  const address = new URL(location.href);
  address.searchParams.delete("said");
  return address.pathname + address.search;
}

/**
 * Keep what stands here.
 * @param {{forms?: any[], entry?: any}} written
 * @param {boolean} returning whether this page is sure to be opened again
 */
export function keepWritten(written, returning) {
  keepUnsent({ me, path: here(), returning, ...written });
}

/** What was written here before the login ended, once. */
export function takeWritten() {
  const kept = unsent();
  if (!me || !kept) return null;
  const mine = kept.me === me;
  // a page that was opened without a login between had its form taken
  if (!mine || !kept.returning || kept.path === here()) keepUnsent(null);
  return mine && kept.returning && kept.path === here() ? kept : null;
}

/**
 * At the top of the page, that nothing was lost.
 * @param {string} text
 */
export function tellWritten(text) {
  const told = el("p", { class: "said note", role: "status", id: "brought-back" }, text);
  document.getElementById("main")?.prepend(told);
}

/** The way through the login, or from a form that came too late, leads back to what was written. */
export function leadBack() {
  const kept = unsent();
  if (!kept) return;
  const again = document.getElementById("again");
  const next = document.querySelector('input[name="next"]');
  if (me ? !again : !next) return;
  keepUnsent({ ...kept, returning: true });
  if (again instanceof HTMLAnchorElement) again.href = kept.path;
  if (next instanceof HTMLInputElement && next.value === "/desk") next.value = kept.path;
}

/**
 * The fields that people fill in.
 * @param {HTMLFormElement} form
 * @returns {Field[]}
 */
function fieldsOf(form) {
  const fields = /** @type {Field[]} */ ([...form.elements]);
  return fields.filter((one) => one.name && !NEVER_KEPT.includes(one.type));
}

/** @param {Field} field */
function isChanged(field) {
  if (field instanceof HTMLSelectElement) {
    return [...field.options].some((one) => one.selected !== one.defaultSelected);
  }
  const ticked = field instanceof HTMLInputElement && field.checked !== field.defaultChecked;
  return ticked || field.value !== field.defaultValue;
}

/** @returns {HTMLFormElement[]} */
function forms() {
  return [...document.querySelectorAll("form")].filter((one) => one.method === "post");
}

/**
 * Keep the forms of this page in which something was written.
 * @param {boolean} returning
 */
export function keepForms(returning) {
  const written = forms()
    .filter((form) => fieldsOf(form).some(isChanged))
    .map((form) => ({
      action: form.getAttribute("action"),
      fields: fieldsOf(form).map((one) => ({
        value: one.value,
        checked: one instanceof HTMLInputElement && one.checked,
      })),
    }));
  if (me && written.length) keepWritten({ forms: written }, returning);
}

/** @param {any[]} written */
export function fillForms(written) {
  let filled = false;
  for (const { action, fields } of written) {
    const form = forms().find((one) => one.getAttribute("action") === action);
    const found = form ? fieldsOf(form) : [];
    if (!form || found.length !== fields.length) continue;
    for (const [at, one] of found.entries()) {
      one.value = fields[at].value;
      if (one instanceof HTMLInputElement) one.checked = fields[at].checked;
    }
    const folded = form.closest("details");
    if (folded) folded.open = true;
    if (!filled) found.find(isChanged)?.focus();
    filled = true;
  }
  if (filled) tellWritten(document.getElementById("main")?.dataset.unsent ?? "");
}
