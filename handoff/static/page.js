// What every staff page has: exact times, questions before destructive forms, drafts cleared at logout.

import { followBanners } from "./banners.js";
import { forgetDrafts } from "./remember.js";
import { fillForms, keepForms, leadBack, takeWritten } from "./unsent.js";

// the desk hears of them with everything else
if (document.getElementById("banners") && !document.body.classList.contains("desk")) followBanners();

for (const form of document.querySelectorAll("form[data-confirm]")) {
  form.addEventListener("submit", (event) => {
    const question = /** @type {HTMLFormElement} */ (form).dataset.confirm ?? "";
    if (!window.confirm(question)) event.preventDefault();
  });
}
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    // the second press of an impatient finger sends nothing
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, 5_000);
    if (form.id !== "logout") keepForms(false);
  });
}
leadBack();
addEventListener("loginended", () => keepForms(true));
// the page of an entry puts back what was written there itself; the way back to a form is no form
if (!document.getElementById("start") && !document.getElementById("again")) fillForms(takeWritten()?.forms ?? []);
document.querySelector("form#logout")?.addEventListener("submit", forgetDrafts);
for (const field of document.querySelectorAll("select[data-submits]")) {
  field.addEventListener("change", () => /** @type {HTMLSelectElement} */ (field).form?.requestSubmit());
}
