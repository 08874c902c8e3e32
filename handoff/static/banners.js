// What does not work right now, at the top of every page; it goes away by itself.

import { byId, el, fill } from "./dom.js";

const ASK_MS = 20_000;
let shown = "";

/** @param {{kind: string, text: string}[]} banners */
export function showBanners(banners) {
  const now = JSON.stringify(banners);
  // the same again must not be read out again
  if (now === shown) return;
  shown = now;
  fill(byId("banners"), ...banners.map((one) => el("p", { class: "banner", "data-kind": one.kind }, one.text)));
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
