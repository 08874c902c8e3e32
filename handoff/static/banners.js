// What does not work and what is announced right now, at the top of every page; it goes away by itself.

import { byId, el, fill } from "./dom.js";

const ASK_MS = 20_000;
let shown = "";

/** @typedef {{kind: string, text: string, detail?: string}} Banner */

/** @param {Banner[]} banners */
export function showBanners(banners) {
  const now = JSON.stringify(banners.map((one) => [one.kind, one.text]));
  // the same again must not be read out again
  if (now !== shown) {
    shown = now;
    fill(byId("banners"), ...banners.map(banner));
  }
  for (const [at, one] of banners.entries()) {
    const detail = byId("banners").children[at].querySelector(".detail");
    if (detail && detail.textContent !== one.detail) detail.textContent = one.detail ?? "";
  }
}

/** @param {Banner} one */
function banner(one) {
  // figures go up all day: they are there to be looked at
  const detail = one.detail === undefined ? "" : el("span", { class: "detail", "aria-live": "off" });
  return el("p", { class: "banner", "data-kind": one.kind }, el("span", {}, one.text), detail);
}

/** Pages that do not follow what happens ask for the banners alone. */
export function followBanners() {
  setInterval(async () => {
    if (document.hidden) return;
    try {
      // asking keeps no login alive, and an ended one must not cost a half-filled form
      const answer = await fetch("/desk/api/banners", {
        headers: { Accept: "application/json", "X-Madoguchi-Quiet": "1" },
        credentials: "same-origin",
      });
      if (answer.ok) showBanners((await answer.json()).banners);
    } catch {
      // the next time
    }
  }, ASK_MS);
}
