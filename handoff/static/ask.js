// Asks once before something that reaches the customer or others, and tells what was done.

import { byId, el, fill } from "./dom.js";
import { t } from "./texts.js";

/**
 * A question with its own fields; the answer is the form's values, or null.
 * @param {{title: string, text?: string, confirm: string, danger?: boolean, fields?: HTMLElement[]}} question
 * @returns {Promise<Record<string, string> | null>}
 */
export function ask(question) {
  const dialog = /** @type {HTMLDialogElement} */ (byId("ask"));
  const form = /** @type {HTMLFormElement} */ (
    el(
      "form",
      { method: "dialog" },
      el("h2", { id: "ask-title" }, question.title),
      question.text ? el("p", {}, question.text) : null,
      ...(question.fields ?? []),
      el(
        "div",
        { class: "buttons" },
        el("button", { type: "button", class: "button", onclick: () => dialog.close("") }, t("cancel")),
        el(
          "button",
          { class: question.danger ? "button danger" : "button primary", value: "yes" },
          question.confirm,
        ),
      ),
    )
  );
  fill(dialog, form);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        const yes = dialog.returnValue === "yes";
        const values = Object.fromEntries(
          Array.from(new FormData(form), ([name, value]) => [name, String(value)]),
        );
        resolve(yes ? values : null);
      },
      { once: true },
    );
  });
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * A line at the bottom that says what happened, with a way back where there is one.
 * @param {string} text
 * @param {{label: string, act: () => void} | null} [undo]
 * @param {boolean} [bad]
 */
export function tell(text, undo = null, bad = false) {
  const place = byId("toast");
  fill(
    place,
    el("span", {}, text),
    undo &&
      el(
        "button",
        {
          type: "button",
          class: "button",
          onclick: () => {
            place.replaceChildren();
            undo.act();
          },
        },
        undo.label,
      ),
    el(
      "button",
      { type: "button", class: "icon", "aria-label": t("close"), onclick: () => place.replaceChildren() },
      "×",
    ),
  );
  place.classList.toggle("bad", bad);
  clearTimeout(timer);
  timer = setTimeout(() => place.replaceChildren(), bad || undo ? 12_000 : 5_000);
}
