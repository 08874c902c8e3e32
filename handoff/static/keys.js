// Shortcuts. They use the key's place, so they work on every layout, and can be switched off.

import { byId } from "./dom.js";
import { setting } from "./remember.js";

/**
 * @param {Record<string, () => void>} acts next, previous, resolve, note, reply, search
 */
export function listenKeys(acts) {
  /** @type {Record<string, string>} */
  const alt = { KeyJ: "next", KeyK: "previous", KeyE: "resolve", KeyP: "note", KeyL: "reply", KeyN: "take" };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || setting("keys", "on") !== "on") return;
    if (document.querySelector("dialog[open]")) return;
    if (event.altKey && !event.ctrlKey && !event.metaKey && alt[event.code]) {
      event.preventDefault();
      acts[alt[event.code]]();
    } else if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") {
      event.preventDefault();
      byId("search").focus();
    } else if (event.key === "?" && !isTyping(event.target)) {
      event.preventDefault();
      byId("keys").showModal();
    }
  });
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
