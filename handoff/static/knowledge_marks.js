// What the check found: beside the field it is about, and all of it in one list.

import { byId, el, fill } from "./dom.js";
import { t } from "./texts.js";

/** @typedef {{field: string, own: boolean, entry: string, file: string, line: number, column: number, rule: string, severity: string, sentence: string}} Finding */
/** @typedef {{errors: Finding[], failed: Finding[], failing: Finding[], warnings: Finding[], blocked: boolean, needs_reason: boolean}} Report */

const MARKS = { error: "×", warning: "▲", info: "・" };

/**
 * One finding in words.
 * @param {Finding} one
 */
function line(one) {
  const mark = MARKS[/** @type {keyof typeof MARKS} */ (one.severity)] ?? "▲";
  const where = one.own ? t("knowledge.line", { n: one.line }) : `${one.file}:${one.line}`;
  return el(
    "li",
    { class: one.severity },
    el("span", { "aria-hidden": "true" }, `${mark} `),
    el("span", {}, t(`knowledge.severity.${one.severity}`), ": ", one.sentence, " "),
    one.own || !one.entry
      ? el("span", { class: "where" }, where)
      : el("a", { class: "where", href: `/knowledge/e/${one.entry}`, target: "_blank" }, where),
  );
}

/**
 * @param {Finding[]} found
 */
export function findingList(found) {
  return el("ul", { class: "findings" }, ...found.map(line));
}

/**
 * The field of the form that a finding is about: the nearest one that exists.
 * @param {string} path
 */
function boxOf(path) {
  const steps = path.split(".");
  for (let length = steps.length; length > 0; length -= 1) {
    const name = steps.slice(0, length).join(".");
    const box = document.querySelector(`#form [data-field="${CSS.escape(name)}"]`);
    if (box) return box;
  }
  return null;
}

function clearFields() {
  for (const list of document.querySelectorAll("#form .findings")) list.remove();
  for (const box of document.querySelectorAll("#form .wrong")) box.classList.remove("wrong");
  for (const input of document.querySelectorAll("#form [aria-invalid]")) {
    input.removeAttribute("aria-invalid");
  }
}

/** @param {Finding[]} found */
function markFields(found) {
  /** @type {Map<Element, Finding[]>} */
  const byBox = new Map();
  for (const one of found) {
    const box = one.field ? boxOf(one.field) : null;
    if (box) byBox.set(box, [...(byBox.get(box) ?? []), one]);
  }
  for (const [box, list] of byBox) {
    box.append(findingList(list));
    const wrong = list.some((one) => one.severity === "error");
    box.classList.toggle("wrong", wrong);
    if (wrong) box.querySelector("input, textarea, select")?.setAttribute("aria-invalid", "true");
    const group = box.closest("details");
    if (wrong && group) group.open = true;
  }
}

/**
 * Show what the check says.
 * @param {Report} report
 * @param {boolean} [more] the whole folder is still being checked
 */
export function showReport(report, more = false) {
  clearFields();
  const found = [...report.errors, ...report.failed, ...report.failing, ...report.warnings];
  const own = found.filter((one) => one.own);
  markFields(own);
  fill(byId("yaml-findings"), ...own.map(line));
  const count = report.errors.length;
  fill(
    byId("check"),
    more && el("p", { class: "muted" }, t("knowledge.check.running")),
    !more && found.length === 0 && el("p", {}, `✓ ${t("knowledge.check.fine")}`),
    count > 0 && el("p", { class: "verdict" }, t("knowledge.check.errors", { n: count })),
    found.length > 0 && findingList(found),
  );
}
